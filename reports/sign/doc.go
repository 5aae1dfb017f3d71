// Package sign puts electronic signatures on a finished report and tells, later and on
// another machine, whether what was signed is still what is read.
//
// # What a signature here says
//
// A signature binds the bytes of the file, from the first to the last one written when it
// was made, to a certificate. It follows PAdES baseline B (ETSI EN 319 142): a detached CMS
// that names its certificate in a signed attribute. The first signature on a report also
// certifies it (DocMDP, permission 2): afterwards empty signature fields may be filled, and
// nothing else may happen. All fields are there beforehand, made with the pages, because a
// report from which the last signature has been cut off looks in every other way like a
// report that was never countersigned; with the field there, [Verify] can say who is missing.
//
// The time in a signature is the signer's own claim. Where a time-stamp authority was asked
// (RFC 3161; with it the signature is baseline T), its token stands beside the signature and
// is verified with it: the imprint, the authority's signature and certificate, and, when it is
// taken in, the nonce and the clock. Nothing here speaks to the network: whoever signs hands in a
// function that carries the query and brings the answer. Of a token only what its own signature
// covers is kept, or what follows from that, so that no byte in a file is of no account; and
// that a token was taken is said where the signature covers it, so that none is taken away.
//
// # What the verifier refuses
//
// Most readers call a report "valid" when the signed bytes are unharmed, whatever was appended
// after them. A page can be replaced that way, a stamp laid over a finding, a signature made
// unreachable. This verifier therefore reads the file the way it was written, front to back:
// revisions of objects, each with one classical cross-reference table that names exactly the
// objects written before it. Every byte belongs to a revision. What stands after a signature
// must itself be a signature in a field that was empty and that no signer locked, and nothing
// else; each other change is reported by object and key. Cross-reference streams, object
// streams and encryption are not read at all ([ErrUnsupported]): the reports do not use
// them, and they are where two readers begin to see two documents. What was a report
// before another program gave it that form does not hold. Every object is passed over with
// the same demands; taken apart are only the few that signatures and their fields concern.
//
// # Whom it trusts
//
// Nobody by default. An intact signature whose certificate neither is one that the caller
// trusts nor leads to one is reported as intact and not identified, with the certificate's
// SHA-256, so that it can be compared over the telephone. The same holds for a time-stamp
// authority: one that is not trusted confirms nothing, and the time stays a claim. A trusted
// one keeps a signature alive that was made before the signer's certificate expired. Whether a
// certificate was revoked is not looked up. A certificate that names its purposes must name one
// for which people sign.
//
// # Keys
//
// They come in PEM or PKCS #12, and any other signer can be handed in. ECDSA on P-256 and
// P-384, and RSA (PKCS #1 v1.5, 2048 bits or more): what the common readers verify. Ed25519 and
// RSA-PSS are refused, because a signature that the recipient's reader calls invalid is worse
// than none. An ECDSA signature has a twin that says the same of the same key: the one with the smaller
// number is made, and both are taken, since other programs make either.
package sign
