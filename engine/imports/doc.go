// Package imports reads what other tools found, as evidence of theirs and never as a
// verdict of ours.
//
// # How a file is read
//
// A file is recognised by what it holds, never by its name: what could be of two
// formats, or is of none, is refused in one line. It is read as a stream, so that a
// gigabyte costs no more memory than the findings that are kept of it, and twice: once
// to tell whose it is, once for what it says. What is broken, cut off or of another form
// than its tool writes is a gap, and what was read before it is not called complete.
//
// # What becomes of it
//
// Documents of package findings, redacted: a report for the file, a subject for each
// thing that the tool says it looked at, a finding for each thing that it says. The file
// itself is kept beside them, byte for byte, by whoever records the snapshot.
//
// The target is what the tool looked at, by the file's own word, so that the next result
// of the same tool on the same thing takes the place of this one. Where the file does not
// say, the target is the file, provisionally. A tool's ids of requirements are kept as
// given, with the version of the standard that they belong to: none is renumbered.
package imports
