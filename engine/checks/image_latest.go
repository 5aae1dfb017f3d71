package checks

import "tickmark/engine"

// Check images-not-latest.
//
// Fails for an image with the tag latest, or without a tag, which means latest,
// unless a digest says which one it is. Passes for all others. Unknown for a
// reference that is no image reference. Image volumes count.
func imagesNotLatest() check {
	return check{id: "images-not-latest", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perImage(v, func(used usedImage, i image) finding {
			switch {
			case i.digest != "":
				return passes(used.field, used.reference, "Image %s is pinned to a digest, whatever its tag", i.name())
			case i.tag == "":
				return fails(used.field, used.reference, "Image %s has no tag, so that it is whatever is latest", i.name())
			case i.tag == "latest":
				return fails(used.field, used.reference, "Image %s has the tag latest, which says no version", i.name())
			}
			return passes(used.field, used.reference, "Image %s has the tag %s", i.name(), i.tag)
		})
	}}
}
