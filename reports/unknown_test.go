package reports

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

func TestWhatIsUnknownIsSaidOnceWithWhomItIsOf(t *testing.T) {
	said := func(kind, name, container, sentence string) engine.Detail {
		return engine.Detail{Subject: engine.Ref{Kind: kind, Name: name}, Container: container, Verdict: engine.Unknown, Sentence: sentence}
	}
	details := []engine.Detail{
		said("Pod", "", "", "Pod objects were not listed"),
		said("Pod", "a", "one", "Nobody knows"), said("Pod", "a", "two", "Nobody knows"),
		{Subject: engine.Ref{Kind: "Pod", Name: "x"}, Verdict: engine.Fail, Sentence: "It fails"},
		said("Pod", "b", "", "Nobody knows"), said("Pod", "c", "", "Nobody knows"), said("Pod", "d", "", "Nobody knows"),
	}
	why, told := whyUnknown(details)
	assert.Equal(t, []string{"Pod objects were not listed", "Pod a, Pod b, Pod c and 1 more: Nobody knows"}, why)
	assert.Equal(t, 6, told, "what failed is told elsewhere")

	for i := range 9 {
		details = append(details, said("Node", fmt.Sprint(i), "", fmt.Sprintf("Reason %d", i)))
	}
	why, told = whyUnknown(details)
	assert.Len(t, why, 5)
	assert.Equal(t, 9, told, "six others are counted beside them")
	why, told = whyUnknown(nil)
	assert.Empty(t, why)
	assert.Zero(t, told)
}
