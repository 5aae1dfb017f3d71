// Package pdf draws a composed report as a PDF that can be kept for years and
// signed.
//
// Write lays the document out on sheets with its own measures of the fonts it embeds, and
// draws each page as soon as nothing more comes on it; what names other pages, such as the
// contents, waits for the last. The same document gives the same bytes, and of a long one
// only packed pages are kept in memory. A drawing library makes the fonts and nothing else
// (see assemble); the file is written here: an archive's header and metadata, a colour
// profile, an identifier made from the content, the manifest as an associated file,
// bookmarks, links, and a structure to be read aloud by, in which every cell and every link
// is for itself. The file has one cross-reference table and one end mark, because a
// signature is appended to it.
//
// Text is hostile until shown otherwise: it comes through reports.Clean, and every
// character that no embedded font can show is printed as □U+XXXX, so that nothing
// vanishes from a page that somebody signs.
package pdf
