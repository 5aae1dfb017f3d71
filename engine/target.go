package engine

// Target is what one collection looked at.
type Target struct {
	// ID is permanent: `k8s:UID` of the kube-system namespace, `ca:SHA256` where
	// that was refused (Provisional), `aws:PARTITION:ACCOUNT`, `gcp:NUMBER`,
	// `azure:UUID`, or `manifests:NAME`.
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
}
