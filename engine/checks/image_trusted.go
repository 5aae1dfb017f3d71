package checks

import (
	"slices"
	"strings"

	"tickmark/engine"
)

// Check images-from-trusted-registries.
//
// Passes for an image whose registry and repository are under a prefix that was
// declared as trusted (Params.TrustedRegistries), counted in whole path parts and
// with Docker Hub's implied docker.io/library spelled out. Fails for any other.
// Unknown where nothing was declared, and for a reference that is no image
// reference. Image volumes count.
func imagesFromTrustedRegistries() check {
	return check{id: "images-from-trusted-registries", version: 2, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		trusted := slices.DeleteFunc(slices.Clone(v.Params().TrustedRegistries), func(p string) bool {
			return strings.Trim(p, " /") == ""
		})
		return perImage(v, func(used usedImage, i image) finding {
			if len(trusted) == 0 {
				return unknown(used.field, used.reference, "Image %s comes from %s; no trusted registries declared", used.reference, i.registry)
			}
			if by := i.trustedBy(trusted); by != "" {
				return passes(used.field, used.reference, "Image %s is under the trusted %s", used.reference, by)
			}
			return fails(used.field, used.reference, "Image %s comes from %s, which is under no registry declared as trusted", used.reference, i.name())
		})
	}}
}

// perImage judges every image of every workload. A reference that cannot be read
// is Unknown whatever the check.
func perImage(v *engine.View, judge func(usedImage, image) finding) []engine.Detail {
	all := imagesOf(v)
	return judgeWorkloads(v, func(w workload, say say) {
		for u := range w.images() {
			var f finding
			if i, broken := all.read(u.reference); broken {
				f = unknown(u.field, u.reference, "Image %q cannot be judged: it is no image reference", u.reference)
			} else {
				f = judge(u, i)
			}
			d := f.on(w.object)
			d.Container = u.container
			say(d)
		}
		if len(w.containers()) == 0 {
			say(withoutContainers(w))
		}
	})
}
