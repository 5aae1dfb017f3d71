package network

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// truth is what can be said of a selector and a peer of which not everything is
// known. The zero value is no.
type truth int

const (
	no truth = iota
	maybe
	yes
)

// namespaceName is the label with its own name that servers give every namespace.
const namespaceName = "kubernetes.io/metadata.name"

// selector is a label selector, read once however often it is written.
type selector struct {
	text    string
	all     bool // it has no requirement
	require labels.Requirements
}

// newSelector reads a selector.
func newSelector(s *metav1.LabelSelector) (*selector, error) {
	read, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return nil, fmt.Errorf("read selector: %w", err)
	}
	require, selectable := read.Requirements()
	if !selectable {
		return nil, fmt.Errorf("read selector: it is none")
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("read selector: %w", err)
	}
	return &selector{text: string(text), all: len(require) == 0, require: require}, nil
}

// matches says whether labels satisfy s. Where the labels are not known but for
// some, what asks for others may hold.
func (s *selector) matches(of labels.Set, known bool) truth {
	answer := yes
	for i := range s.require {
		r := &s.require[i]
		if _, there := of[r.Key()]; !there && !known {
			answer = maybe
			continue
		}
		if !r.Matches(of) {
			return no
		}
	}
	return answer
}
