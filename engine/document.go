package engine

import "strings"

// Kind names what a document is: an API group ("" for the core group) and a
// kind. The version of the API is not part of it: one object has one identity in
// every version it is served in.
type Kind struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
}

// String returns "Pod" or "NetworkPolicy.networking.k8s.io".
func (k Kind) String() string {
	if k.Group == "" {
		return k.Kind
	}
	return k.Kind + "." + k.Group
}

// IsZero reports whether k names no kind: of a Gap, that it could be any.
func (k Kind) IsZero() bool { return k == Kind{} }

// Ref names one object where it lives. UID is empty where the source gives none,
// as in a folder of manifests.
type Ref struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid,omitempty"`
}

// Of returns the kind of the object that r names.
func (r Ref) Of() Kind { return Kind{Group: r.Group, Kind: r.Kind} }

// WithoutUID returns r as drift and accepted results know it: an object made
// again under the same name is the same subject.
func (r Ref) WithoutUID() Ref {
	r.UID = ""
	return r
}

// String returns "Pod pay/api", or "Namespace pay" for what has no namespace.
func (r Ref) String() string {
	name := r.Name
	if r.Namespace != "" {
		name = r.Namespace + "/" + r.Name
	}
	return strings.TrimSpace(r.Of().String() + " " + name)
}

// Compare orders refs by kind, group, namespace, name and UID.
func (r Ref) Compare(o Ref) int { return r.compare(&o) }

// compare is Compare without copies: details are compared by the hundred thousand.
func (r *Ref) compare(o *Ref) int {
	switch { // that two are the same is told fast, where comparing is not
	case r.Kind != o.Kind:
		return strings.Compare(r.Kind, o.Kind)
	case r.Group != o.Group:
		return strings.Compare(r.Group, o.Group)
	case r.Namespace != o.Namespace:
		return strings.Compare(r.Namespace, o.Namespace)
	case r.Name != o.Name:
		return strings.Compare(r.Name, o.Name)
	case r.UID != o.UID:
		return strings.Compare(r.UID, o.UID)
	}
	return 0
}

// Document is one API object, answer of a cloud, or file, as evidence: redacted,
// in canonical bytes, and never changed. Its Body must not be written to.
type Document struct {
	Ref    Ref
	Body   []byte
	Digest Digest
}

// NewDocument takes canonical bytes as they are and computes their digest.
func NewDocument(ref Ref, body []byte) Document {
	return Document{Ref: ref, Body: body, Digest: Sum(body)}
}

// Documents gives the body of the document with a digest, or an error if it is
// not to hand. Evaluate calls it for what checks need and nothing else.
type Documents func(Digest) ([]byte, error)
