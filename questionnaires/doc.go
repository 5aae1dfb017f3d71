// Package questionnaires holds what is asked, what was answered, and every rule
// about it.
//
// # What is asked
//
// A Catalogue is the standard: Requirements with a question in our own words,
// and Questionnaires that choose among them. Checks of the engine inform a
// requirement through a Link, classed by how much it proves.
//
// # What was answered
//
// Nothing is overwritten. A change is a Draft that a rule gives out (every
// Assessment method that changes something returns one), signed by a person into
// an Entry. Entries name the tips their author saw as parents: together they
// are a graph, the History of a vault. An Assessment, its current answers,
// conflicts, evidence and numbers are a pure function of that set, so that order
// and repetition do not matter and merging is a union.
//
// A self-assessment is answered per requirement; in a Report on Compliance each
// testing procedure has a finding, and the requirement's rolls up. Not Applicable
// may be said of all below an id at once. Problems names every rule of the form
// that an assessment breaks as it stands; what the form does not have at all is
// refused when it is drafted.
//
// # What the program may say
//
// Suggest and Inform propose and never write. A Response is given by a person;
// Unanswered is the zero value, and nothing turns into In Place by itself.
package questionnaires
