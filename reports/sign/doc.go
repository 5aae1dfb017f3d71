// Package sign puts electronic signatures on a finished report and tells, later and on
// another machine, whether what was signed is still what is read.
//
// # What a signature here says
//
// A signature binds the bytes of the file, from the first to the last one written when it
// was made, to a certificate. It follows PAdES baseline B (ETSI EN 319 142): a detached CMS
// that names its certificate in a signed attribute. The first signature on a report also
// certifies it (DocMDP, permission 2): afterwards empty signature fields may be filled, and
// nothing else may happen. All fields are made beforehand, by [PrepareFields], because a
// report from which the last signature has been cut off looks in every other way like a
// report that was never countersigned; with the field there, [Verify] can say who is missing.
//
// The time in a signature is the signer's own claim. Nothing here speaks to a time-stamp
// authority; the room kept for the CMS is large enough for its token.
//
// # What the verifier refuses
//
// Most readers call a report "valid" when the signed bytes are unharmed, whatever was appended
// after them. A page can be replaced that way, a stamp laid over a finding, a signature made
// unreachable. This verifier therefore reads the file the way it was written, front to back:
// revisions of objects, each with one classical cross-reference table that names exactly the
// objects written before it. Every byte belongs to a revision. What stands after a signature
// must itself be a signature in a field that was empty, and nothing else; each other change is
// reported by object and key. Cross-reference streams, object streams and encryption are
// not read at all ([ErrUnsupported]): the reports do not use them, and they are where two
// readers begin to see two documents.
//
// # Whom it trusts
//
// Nobody by default. An intact signature whose certificate neither is one that the caller
// trusts nor leads to one is reported as intact and not identified, with the certificate's
// SHA-256, so that it can be compared over the telephone.
//
// # Keys
//
// ECDSA on P-256 and P-384, and RSA (PKCS #1 v1.5, 2048 bits or more): what the common readers
// verify. Ed25519 and RSA-PSS are refused, because a signature that the recipient's reader
// calls invalid is worse than none.
package sign
