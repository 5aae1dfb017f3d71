// Package screen is the pages of the desk, one file each: what an assessor sees
// and can do, from unlocking the vault to printing the report.
//
// # How a screen works
//
// A Screen draws itself from what it already knows and gives out Bindings: keys
// with what they do and, where they cannot do it now, why. Work that reads or
// writes anything (the vault, a collection, a report) happens in a command that
// returns a typed message; the screen changes when the message arrives, never
// before. The router of package tui knows none of this.
//
// # What a screen may decide
//
// Nothing. The rules are methods of questionnaires.Assessment; the desk asks them
// and signs the draft they return, and the command line does the same. A
// suggestion is shown beside an answer and never preselected. Every change is
// saved at once, and the title line says when the last one reached the disk.
//
// # Where text comes from
//
// Names, sentences, causes and documents come from clusters and from other people:
// they are shown through package theme, which makes escapes and direction
// overrides visible.
package screen
