package checks

import "tickmark/engine"

// Check images-pinned-by-digest.
//
// Passes for an image that is named by its digest, with or without a tag: the
// runtime then takes the digest. Fails for one named by tag or by name alone,
// because whoever may write to the registry decides what it is. Unknown for a
// reference that is no image reference. Image volumes count.
func imagesPinnedByDigest() check {
	return check{id: "images-pinned-by-digest", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perImage(v, func(used usedImage, i image) finding {
			switch {
			case i.digest != "":
				return passes(used.field, used.reference, "Image %s is pinned to %s", i.name(), i.digest)
			case i.tag != "":
				return fails(used.field, used.reference, "Image %s is named by its tag %s, which may be moved", i.name(), i.tag)
			}
			return fails(used.field, used.reference, "Image %s is named without tag or digest", i.name())
		})
	}}
}
