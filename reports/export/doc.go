// Package export will write a dossier in other formats: tables in which no cell is
// a formula, JSON, Markdown, SARIF and OSCAL. The room stands so that the ladder
// holds it to reports; nothing is in it yet.
package export
