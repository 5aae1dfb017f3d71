// Package redaction takes secrets and card numbers out of what is collected before
// it becomes evidence: values of Secrets, values that are named as secrets, what looks
// like a token, a key or a password, and card numbers in any writing. What goes leaves
// `[redacted:KIND]`, without length or hash; that something stood there is evidence.
//
// It errs towards redacting where a name or a form says secret, and leaves alone what
// plainly holds none: references, paths, switches, counts.
package redaction
