// Package reports turns what a vault knows of one assessment into a paper that a
// person can sign.
//
// The way is short and each step is one function: Load reads a Dossier from a
// Source, Compose turns the dossier into a Document of blocks, and a renderer
// prints the document: Text here, as the PDF in the package below. Compose is pure,
// and neither it nor a renderer looks at a clock, so that the same history prints
// the same bytes on any machine.
//
// # What a report may say
//
// A report repeats what people answered and what the evidence shows beside it. It
// never declares compliance: the conclusion on the cover is the one that a named
// person recorded, or the words "no conclusion recorded". It is never called a
// Report on Compliance or an Attestation of Compliance, and says that it is no form
// of the PCI SSC. Its figures count responses.
//
// Nothing is left blank. A section that does not apply says so; what a collection
// could not see is listed beside the checks that stayed unknown because of it; and
// while anything is open or contradictory each page carries the word DRAFT.
//
// # Text from outside
//
// Names, narratives and values come from clusters and from people, and may hold
// anything. Clean makes every character that would act instead of print visible, so
// a report cannot be made to show something other than what is stored.
package reports
