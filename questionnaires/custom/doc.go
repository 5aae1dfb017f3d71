// Package custom reads the questionnaires that an organisation writes itself, and sets
// of questions that they are composed of.
//
// A file is one sheet: code, title, revision, the responses it offers, and sections of
// questions. Include names other files, whose sections come first; a file that says
// `set: true` is there to be included and cannot be answered by itself. What is read
// is a questionnaires.Definition, complete with everything included.
//
// Lint reports all that is wrong, each with its file and line. Files come from outside:
// they are bounded, a circle of includes is refused, and ids are never those of the
// standard, because evidence is attached by id.
package custom
