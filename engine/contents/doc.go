// Package contents searches what people hand over, byte for byte as it comes, for what
// must not be kept: card numbers and keys. It reads plain text in any encoding, HTML and
// XML, mail, the text of PDF, office files, and archives of all that inside each other.
//
// # What it says
//
// Hits by kind and place, and never a value. What it could not read, and why: an image, a
// file that is encrypted, broken, packed in a way that it does not know, or that unpacks
// to more than a person would send. Whoever sees no hit and nothing unread knows that
// every letter was looked at; nothing less is called clean.
//
// # How it stays small
//
// Files are read as streams. An archive inside an archive, or a PDF inside one, is held
// in memory up to a bound. Nothing is written anywhere. Whatever a file says of itself is
// hostile: sizes, depths, counts and ratios are bounded, and a reader that breaks down
// over one is a file that could not be read.
package contents
