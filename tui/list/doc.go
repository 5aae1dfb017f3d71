// Package list is the one list of the desk: a cursor, a window that follows it,
// and a filter. Whatever is listed, requirements, results, documents, problems, is
// listed by it, so that the same keys do the same everywhere.
//
// Only the rows in the window are drawn, and the filter reads the rows' text when
// it changes, not when the list is drawn: ten thousand results scroll like ten.
package list
