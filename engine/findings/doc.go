// Package findings has the nouns for what other tools found, as the importer
// writes them down and the checks read them: a Report for each file, a Subject for
// each thing that the tool says it looked at, and a Finding for each thing that it
// says of one. They are evidence of what a tool said, and never a verdict of ours.
package findings
