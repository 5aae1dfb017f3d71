// Package export writes what leaves the house in other formats than paper: the list
// of what an owner at the client is asked for, and a dossier as a workbook and as
// tables, as JSON, Markdown, SARIF and OSCAL, or in the order of the official form to
// copy from.
//
// A format says what the paper says: it is a draft where that is one, what could not
// be seen stands beside what failed, and what nobody answered is never satisfied. No
// text of a vault acts: no cell is a formula, no word marks anything up. One dossier
// gives one sequence of bytes.
package export
