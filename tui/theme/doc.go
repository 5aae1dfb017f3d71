// Package theme holds what everything on the desk is made of: a dozen tokens that
// become colours, and the one way by which text reaches a terminal.
//
// # Tokens
//
// A screen never names a colour. It paints with a Token (Good, Bad, Muted ...),
// and the Theme turns that into what the terminal can show: an adaptive colour on
// a light or dark background, one of sixteen on an old terminal, and only weight
// and reverse where NO_COLOR is set. No state is told by colour alone: whoever
// paints also writes the glyph and the word.
//
// # Text from outside
//
// Names, causes, values and narratives come from clusters, files and other people.
// They pass through Clean or CleanLines before they are shown, which make every
// character that acts instead of printing visible, and are measured and cut by
// cells of the terminal, never by bytes.
package theme
