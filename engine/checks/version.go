package checks

import (
	"fmt"
	"strconv"

	"tickmark/engine"
)

// version is a version of Kubernetes or of a program beside it, as far as its
// first three numbers go.
type version struct {
	major, minor, patch int
	text                string // as it was written
}

var versionForm = engine.Late(`^v?([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?(?:[-+_~][0-9A-Za-z+._~-]{0,80})?$`)

// parseVersion reads a version; what is none is the zero version.
func parseVersion(text string) version {
	m := versionForm().FindStringSubmatch(text)
	if m == nil {
		return version{}
	}
	v := version{text: text}
	// The form allows no number that strconv would refuse.
	v.major, _ = strconv.Atoi(m[1])
	v.minor, _ = strconv.Atoi(m[2])
	v.patch, _ = strconv.Atoi(m[3])
	return v
}

func (v version) known() bool { return v.text != "" }

func (v version) String() string { return v.text }

// release is the minor release that v is of.
func (v version) release() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// atLeast reports whether v is of that minor release or a later one.
func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// imageVersion is the version that an image's tag says.
func imageVersion(reference string) version {
	i, err := parseImage(reference)
	if err != nil {
		return version{}
	}
	return parseVersion(i.tag)
}

// server is what the API server says of its version, with what proves it.
type server struct {
	version version
	says    string
	ref     engine.Ref
	digest  engine.Digest // zero where only the target says it
}

// serverOnly is what a check looks at that reads the version of the API server
// and does not hang on it.
func serverOnly() []engine.Kind { return []engine.Kind{engine.ServerVersionKind} }

// serverOf returns the version of the API server: the answer that was kept as a
// document, else what the target is said to be.
func serverOf(v *engine.View) server {
	type answer struct {
		GitVersion string `json:"gitVersion"`
	}
	for _, a := range engine.All[answer](v, engine.ServerVersionKind) {
		if says := a.Value.GitVersion; says != "" {
			return server{parseVersion(says), says, a.Ref, a.Digest}
		}
	}
	ref := engine.Ref{Group: engine.ServerVersionKind.Group, Kind: engine.ServerVersionKind.Kind, Name: "api-server"}
	return server{version: parseVersion(v.Target().ServerVersion), says: v.Target().ServerVersion, ref: ref}
}
