package kube

import (
	"fmt"
	"slices"

	"tickmark/engine"
)

// extracts are what a server gives who does not ask for objects whole: their metadata
// alone, or columns of a table. They show that objects are there, and nothing that could
// be judged.
var extracts = []engine.Kind{
	{Group: "meta.k8s.io", Kind: "PartialObjectMetadata"}, {Group: "meta.k8s.io", Kind: "PartialObjectMetadataList"}, {Group: "meta.k8s.io", Kind: "Table"},
}

func isExtract(of engine.Kind) bool { return slices.Contains(extracts, of) }

// slight are the built-in kinds of which a server may print metadata alone.
var slight = []string{"ConfigMap", "MutatingWebhookConfiguration", "Namespace", "ServiceAccount", "ValidatingWebhookConfiguration"}

// isStripped reports whether somebody left of a saved object nothing but its metadata: a
// policy without rules would deny everything, and a role without them grant nothing.
func isStripped(tree map[string]any, of engine.Kind) bool {
	if k, isKnown := known(of); !isKnown || k.custom || slices.Contains(slight, of.Kind) {
		return false
	}
	for key := range tree {
		if key != "apiVersion" && key != "kind" && key != "metadata" {
			return false
		}
	}
	return true
}

// stripped names so many objects of which metadata alone was saved.
func stripped(of engine.Kind, count int) engine.Gap {
	k, _ := known(of)
	return engine.Gap{Kind: of, Reason: engine.Unsupported, Cause: fmt.Sprintf(
		"read %s: %d of them with metadata alone, by which nothing can be judged; save them whole: %s", k.qualified(), count, k.command())}
}

// command prints what a dump needs of a kind.
func (k kind) command() string { return "kubectl get " + k.qualified() + " --all-namespaces -o json" }

// extracted names what an extract is of, as far as its place says, and what to save in its
// stead. It may be of anything.
func extracted(of engine.Kind, where dumpPlace) engine.Gap {
	k := kind{resource: "RESOURCE"}
	if where.known {
		k = where.kind
	}
	return engine.Gap{Kind: k.of, Reason: engine.Unsupported, Cause: fmt.Sprintf(
		"read %s: metadata alone, by which nothing can be judged; save the objects whole: %s", of.Kind, k.command())}
}
