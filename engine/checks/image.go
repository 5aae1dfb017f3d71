package checks

import (
	"fmt"
	"iter"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// image is an image reference taken apart as container runtimes do it.
// Source of the grammar: github.com/distribution/reference, reference.go.
type image struct {
	registry   string // host and port, lower case where it has a dot or port; docker.io where none is named
	repository string // with library/ in front where Docker Hub implies it
	tag        string // "" where none is named
	digest     string // algorithm:hex, "" where none is named
}

// name is what allow-lists speak of: registry and repository.
func (i image) name() string { return i.registry + "/" + i.repository }

const longestName = 255

var (
	registryForm = engine.Late(`^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$`)
	pathForm     = engine.Late(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagForm      = engine.Late(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	digestForm   = engine.Late(`^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$`)
	bareDigest   = engine.Late(`^[a-f0-9]{64}$`)
)

// parseImage takes a reference apart. What a runtime would refuse is an error: it
// names no image that could be judged.
func parseImage(reference string) (image, error) {
	var i image
	name, digest, pinned := strings.Cut(reference, "@")
	if pinned {
		if !digestForm().MatchString(digest) {
			return image{}, fmt.Errorf("read image %q: %q is no digest", reference, digest)
		}
		i.digest = digest
	}
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		i.tag = name[colon+1:]
		name = name[:colon]
		if !tagForm().MatchString(i.tag) {
			return image{}, fmt.Errorf("read image %q: %q is no tag", reference, i.tag)
		}
	}
	if bareDigest().MatchString(name) {
		return image{}, fmt.Errorf("read image %q: 64 hexadecimal digits are the id of a local image", reference)
	}
	i.registry, i.repository = splitRegistry(name)
	switch {
	case !registryForm().MatchString(i.registry):
		return image{}, fmt.Errorf("read image %q: %q is no registry", reference, i.registry)
	case !pathForm().MatchString(i.repository):
		return image{}, fmt.Errorf("read image %q: %q is no repository", reference, i.repository)
	case len(i.name()) > longestName:
		return image{}, fmt.Errorf("read image: a name of more than %d characters", longestName)
	}
	return i, nil
}

// splitRegistry tells the registry from the repository: the first part is a
// registry if it could be nothing else, else the image is on Docker Hub.
func splitRegistry(name string) (registry, repository string) {
	const hub = "docker.io"
	first, rest, parts := strings.Cut(name, "/")
	isRegistry := parts && (strings.ContainsAny(first, ".:") || first == "localhost" || strings.ToLower(first) != first)
	if !isRegistry {
		registry, repository = hub, name
	} else {
		registry, repository = first, rest
	}
	// A host of one word is told from a repository by its capitals alone.
	if strings.ContainsAny(registry, ".:") {
		registry = strings.ToLower(registry)
	}
	if registry == "index.docker.io" {
		registry = hub
	}
	if registry == hub && !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	return registry, repository
}

// trustedBy returns the declared prefix that i is under, "" if it is under none.
// A prefix ends at a slash: registry.example/pay does not stand for
// registry.example/payroll. A scheme before it and a star behind it say nothing more, and
// Docker Hub is meant by its other name too.
func (i image) trustedBy(prefixes []string) string {
	name := i.name()
	for _, p := range prefixes {
		plain := strings.TrimSpace(p)
		if _, rest, schemed := strings.Cut(plain, "://"); schemed {
			plain = rest
		}
		host, path, _ := strings.Cut(strings.Trim(strings.TrimRight(plain, "/*"), "/"), "/")
		if host = strings.ToLower(host); host == "index.docker.io" {
			host = "docker.io"
		}
		prefix := strings.TrimSuffix(host+"/"+path, "/")
		if host != "" && (name == prefix || strings.HasPrefix(name, prefix+"/")) {
			return p
		}
	}
	return ""
}

// usedImage is a reference and where it stands, with its pull policy.
type usedImage struct {
	container string // "" for an image that is mounted as a volume
	field     string
	reference string
	pull      corev1.PullPolicy
	pullField string
}

// images returns every image a workload uses, those mounted as volumes included.
func (w workload) images() iter.Seq[usedImage] {
	return func(yield func(usedImage) bool) {
		for _, c := range w.containers() {
			if !yield(usedImage{container: c.Name, field: c.at("image"), reference: c.Image, pull: c.ImagePullPolicy, pullField: c.at("imagePullPolicy")}) {
				return
			}
		}
		for i, v := range w.spec.Volumes {
			if v.Image == nil {
				continue
			}
			field := w.field(index("volumes", i)) + ".image"
			if !yield(usedImage{field: field + ".reference", reference: v.Image.Reference, pull: v.Image.PullPolicy, pullField: field + ".pullPolicy"}) {
				return
			}
		}
	}
}

// references returns what images names, without where it stands.
func (w workload) references() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range w.containers() {
			if !yield(c.Image) {
				return
			}
		}
		for i := range w.spec.Volumes {
			if v := w.spec.Volumes[i].Image; v != nil && !yield(v.Reference) {
				return
			}
		}
	}
}

// parsedImage is a reference that was read, or that is none.
type parsedImage struct {
	image
	broken bool
}

// images are the references of a view, each read once.
type images map[string]parsedImage

type imagesKey struct{}

func imagesOf(v *engine.View) images {
	return engine.Memo(v, imagesKey{}, func() images { return images{} })
}

// read reads a reference.
func (all images) read(reference string) (i image, broken bool) {
	p, known := all[reference]
	if !known {
		var err error
		p.image, err = parseImage(reference)
		p.broken = err != nil
		all[reference] = p
	}
	return p.image, p.broken
}
