package kube

import (
	"path"
	"path/filepath"
	"strings"

	"tickmark/engine"
)

// isServerFile reports whether an object is a file that an API server is started with.
func isServerFile(of engine.Kind) bool {
	return of == engine.AuditPolicyKind || of == engine.EncryptionConfigurationKind
}

// serverFile names such an object by where it lies: that tells whether it is the file that
// a server's flag names. It has no name of its own, and what it may say there counts for
// nothing. A kubelet's settings are named so where they have none: what is said or accepted
// of one is not said of another.
func (s *scan) serverFile(tree map[string]any, of engine.Kind, file string) {
	if isServerFile(of) || of == engine.KubeletConfigurationKind && nameIn(tree).Name == "" {
		tree["metadata"] = map[string]any{"name": nameOfFile(below(s.paths, file))}
	}
}

// below returns the path of a file below what is read, and a file that was named itself
// as it was named.
func below(paths []string, file string) string {
	for _, p := range paths {
		root := strings.TrimSuffix(path.Clean(filepath.ToSlash(p)), "/") + "/"
		if rest, is := strings.CutPrefix(path.Clean(file), root); is {
			return rest
		}
	}
	return strings.TrimLeft(path.Clean(file), "./")
}

// nameOfFile is a path as a name: the steps joined by colons. Of a long one its end stays,
// and what no name may hold becomes an underscore, so that it is no path of a flag any more.
func nameOfFile(file string) string {
	const most = 253
	name := strings.Map(func(c rune) rune {
		switch {
		case c == '/':
			return ':'
		case c <= ' ' || c > '~' || c == '%' || c == ':' || c == '\\':
			return '_'
		}
		return c
	}, file)
	return name[max(0, len(name)-most):]
}
