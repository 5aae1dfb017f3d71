// Package export writes what leaves the house in other formats: the list of what an
// owner at the client is asked for, as a sheet in which no cell is a formula and as
// Markdown. It will write a dossier too: tables, JSON, Markdown, SARIF and OSCAL.
package export
