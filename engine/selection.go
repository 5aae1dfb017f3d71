package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/json"
)

// Selection says which objects of a snapshot are meant: all of a kind, or those of a
// namespace, or those that carry labels.
type Selection struct {
	Kind      Kind              `json:"kind"`
	Namespace string            `json:"namespace,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"` // all of them
}

// String returns "Pod in pay with app=api".
func (s Selection) String() string {
	text := s.Kind.String()
	if s.Namespace != "" {
		text += " in " + s.Namespace
	}
	for i, name := range slices.Sorted(maps.Keys(s.Labels)) {
		word := " and "
		if i == 0 {
			word = " with "
		}
		text += word + name + "=" + s.Labels[name]
	}
	return text
}

// maxUnseen bounds how many reasons Select gives for what it may have missed.
const maxUnseen = 20

// Select returns the objects of a snapshot that a selection means, each once, and why there
// may be others that it does not name: none where the listing is whole. Documents are read
// for labels alone.
func (s Snapshot) Select(of Selection, documents Documents) (refs []Ref, unseen []string, err error) {
	population, listed := s.Population(of.Kind)
	switch {
	case !listed:
		unseen = append(unseen, fmt.Sprintf("the collection did not list %s", of.Kind))
	case !population.Complete:
		unseen = append(unseen, fmt.Sprintf("the listing did not come to its end: %s", population.Query))
	}
	for _, g := range s.Gaps {
		if g.Hides(of.Kind) && (of.Namespace == "" || g.Namespace == "" || g.Namespace == of.Namespace) && len(unseen) < maxUnseen {
			unseen = append(unseen, strings.TrimSpace(fmt.Sprintf("%s: %s %s", g.Source, g.Reason, g.Cause)))
		}
	}
	for _, e := range s.Entries {
		if e.Ref.Of() != of.Kind || of.Namespace != "" && e.Ref.Namespace != of.Namespace {
			continue
		}
		if len(of.Labels) > 0 {
			body, err := documents(e.Digest)
			if err != nil {
				return nil, nil, fmt.Errorf("select %s: labels of %s: %w", of.Kind, e.Ref, err)
			}
			if carries, err := labelled(body, of.Labels); err != nil {
				return nil, nil, fmt.Errorf("select %s: labels of %s: %w", of.Kind, e.Ref, err)
			} else if !carries {
				continue
			}
		}
		refs = append(refs, e.Ref)
	}
	slices.SortFunc(refs, Ref.Compare)
	// What was saved of one object at two times is one object, made anew in between or not.
	refs = slices.CompactFunc(refs, func(a, b Ref) bool { return a.WithoutUID() == b.WithoutUID() })
	return refs, unseen, nil
}

// labelled reports whether a document carries labels.
func labelled(body []byte, labels map[string]string) (bool, error) {
	var document struct {
		Metadata struct {
			Labels map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	if err := json.UnmarshalCaseSensitivePreserveInts(body, &document); err != nil {
		return false, err
	}
	for name, value := range labels {
		if has, is := document.Metadata.Labels[name]; !is || has != value {
			return false, nil
		}
	}
	return true, nil
}
