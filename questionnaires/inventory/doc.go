// Package inventory reads what an entity lists in a file, so that samples can be drawn
// from it: an item a line, a table whose first line names the columns, or a JSON object a
// line. It reads a line at a time, whatever the file's size, and says of every file that
// it refuses which line and which rule.
package inventory
