// Package engine holds the facts of an assessment and the judgements made on
// them. It knows nothing of PCI DSS, of vaults or of screens.
//
// # From a collection to a verdict
//
// A Collector looks at one Target (a cluster, a cloud account, a folder of
// manifests) and emits a Document for each object it saw. What it saw, and what
// it could not see, is written down in a Snapshot: an entry of Ref and Digest
// per document, a Population per kind with its count, and a Gap for everything
// that stayed out of sight. Evaluate applies Checks to snapshots and gives a
// Run: one Result per check and target, with a Detail for every subject.
//
// # What a verdict means
//
// Unknown is the zero Verdict. A Gap in a kind that a check needs makes its
// result at best Unknown, so that what could not be looked at never reads as a
// pass. A check without subjects is NotApplicable only where the population of
// what it needs is known to be complete.
//
// # Content addresses
//
// A document's Digest is the SHA-256 of its canonical bytes (Canonical). The
// same object seen twice is stored once, and the difference of two snapshots is
// the difference of two lists of digests.
//
// Everything here is pure: time comes in through Params, bodies through
// Documents, and nothing is kept between calls.
package engine
