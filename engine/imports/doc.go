// Package imports will read what other tools found, as evidence of theirs and
// never as a verdict of ours. The room stands so that the ladder holds it to
// engine; nothing is in it yet.
package imports
