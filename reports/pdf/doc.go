// Package pdf draws a composed report as a PDF that can be kept for years and
// signed.
//
// Write lays the document out on sheets first, with its own measures of the fonts it
// embeds, and draws afterwards: page totals, contents and links are known before the
// first stroke, and the same document gives the same bytes. The drawing library's
// file is then written anew (see finish): an archive's header and metadata, a colour
// profile, an identifier made from the content, the manifest as an associated file,
// bookmarks that open, a structure to be read aloud by, dates with their zone. The file has one cross-reference table
// and one end mark, because a signature is appended to it.
//
// Text is hostile until shown otherwise: it comes through reports.Clean, and every
// character that no embedded font can show is printed as □U+XXXX, so that nothing
// vanishes from a page that somebody signs.
package pdf
