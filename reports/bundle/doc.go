// Package bundle packs a signed report together with what it rests on, for whoever
// has neither the vault nor this program.
//
// A bundle is a zip archive that other tools unpack. In it stand the report, every
// item of evidence as raw file by requirement, the documents that results cite, an
// index for people (HTML) and for sheets (CSV), and SHA256SUMS with the digest of
// every other file. SHA256SUMS.p7s is a detached CMS signature over that list, made
// with the key that signed the report, and SHA256SUMS.p7s.tst, where one was asked for, a
// time stamp over that signature. README.txt says how to check all of it with
// sha256sum and openssl.
//
// What was expunged, and what is quarantined because nobody decided yet on what was
// found in it, is never packed: the index says so instead.
//
// Write streams: besides the report it holds one result and the names at a time. The
// same dossier gives the same bytes but for the signatures. Verify holds an archive
// against its own list, and against the bytes that Write would have written around
// the same files: nothing can hide between them.
package bundle
