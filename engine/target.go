package engine

import "strings"

// ImportGroup is the API group of what other tools' results become, and importPrefix
// what the id of their target begins with.
const (
	ImportGroup  = "imports.tickmark"
	ImportReport = "ScanReport" // the kind of what a file of a tool says of itself
	importPrefix = "import:"
)

// Target is what one collection looked at.
type Target struct {
	// ID is permanent: `k8s:UID` of the kube-system namespace, `ca:SHA256` where
	// that was refused (Provisional), `aws:PARTITION:ACCOUNT`, `gcp:NUMBER`,
	// `azure:UUID`, `manifests:NAME` (Provisional for a dump of a cluster that does not tell
	// which), or `import:TOOL:DIGEST` of what a tool says that
	// it looked at (of its file where it does not say: Provisional).
	ID string `json:"id"`
	// Name is what people call it; it may change.
	Name string `json:"name"`
	// Provisional marks an ID to be linked to a permanent one later.
	Provisional bool `json:"provisional,omitempty"`
	// Endpoint and CA (SHA-256 over the DER of the root of the server's verified
	// chain) let a cluster and the cloud account that runs it be joined.
	Endpoint string `json:"endpoint,omitempty"`
	CA       string `json:"ca,omitempty"`
	// ServerVersion is what the target says of itself, as it says it.
	ServerVersion string `json:"serverVersion,omitempty"`
	// About is the ID under which a collection of the same thing stands, of an import
	// that names it beyond doubt.
	About string `json:"about,omitempty"`
}

// NewImportTarget returns the target of a tool's results: of what it looked at, or of
// its file. The same thing looked at again by the same tool is the same target.
func NewImportTarget(tool string, of Digest, name string) Target {
	return Target{ID: importPrefix + tool + ":" + of.String()[:32], Name: name}
}

// Imported reports whether t is what another tool looked at.
func (t Target) Imported() bool { return strings.HasPrefix(t.ID, importPrefix) }
