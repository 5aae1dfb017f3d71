package checks

import (
	"strings"

	"tickmark/engine"
)

// Check images-not-latest.
//
// Fails for an image with the tag latest, or without a tag, which means latest,
// unless a digest says which one it is. Unknown for a tag without a figure (stable,
// main): it may be the name of a release, and is more often one that moves. Passes for
// all others. Unknown for a reference that is no image reference. Image volumes count.
func imagesNotLatest() check {
	return check{id: "images-not-latest", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perImage(v, func(used usedImage, i image) finding {
			switch {
			case i.digest != "":
				return passes(used.field, used.reference, "Image %s is pinned to a digest, whatever its tag", i.name())
			case i.tag == "":
				return fails(used.field, used.reference, "Image %s has no tag, so that it is whatever is latest", i.name())
			case strings.EqualFold(i.tag, "latest"):
				return fails(used.field, used.reference, "Image %s has the tag %s, which says no version", i.name(), i.tag)
			case !strings.ContainsAny(i.tag, "0123456789"):
				return unknown(used.field, used.reference, "Image %s has the tag %s, of which nobody can tell whether it is a version", i.name(), i.tag)
			}
			return passes(used.field, used.reference, "Image %s has the tag %s", i.name(), i.tag)
		})
	}}
}
