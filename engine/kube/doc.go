// Package kube collects evidence from Kubernetes: from a live cluster (Live),
// from manifests in files (Manifests), and from what was saved of a cluster (Dump).
// All give the same documents in the same canonical form, and say what they could
// not see.
//
// # What it may do to a cluster
//
// Look, and nothing else. Every request passes an allow-list by method and path
// in the transport (readOnly): lists, reads and discovery of the kinds in the
// table of kinds.go, and the three reviews by which an identity asks about itself.
// Upgrades, exec, attach, port-forward, proxies and watches are refused before
// they leave the machine. A Wish narrows the list to the kinds that the chosen
// checks look at. PrintRole prints the least role for it, from the same table.
//
// Three things are asked for only by name, and are on the list only then: Secrets,
// the configuration of each kubelet (the one path of a node's proxy), and requests
// without credentials, of which the status and media type alone are kept. Without them what rests
// on them is a Gap, NotAsked.
//
// # What it never keeps
//
// Values of Secrets, values that are named as secrets, tokens, private keys and
// card numbers are replaced by `[redacted:KIND]` before a document exists: no
// length and no digest of them stays. That something stood there stays, since it
// is evidence. The snapshot counts what was redacted.
//
// # What equal evidence means
//
// An object of a built-in kind passes through the pinned client-go types, so that
// the protobuf of a list, the dynamic client and the JSON that kubectl prints all
// give one digest. Objects of other kinds lose only their nulls. Neither keeps
// managedFields, resourceVersion, the last-applied annotation or heartbeat times.
//
// # What it does not see
//
// A refusal, a timeout, a listing that breaks off, a file that cannot be read:
// each becomes an engine.Gap with its cause in one printable line, and never ends
// the collection. Only a server whose identity cannot be told is an error.
package kube
