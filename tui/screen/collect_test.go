package screen

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
	"tickmark/vault"
)

// wary is a source that keeps secrets for whoever names them.
type wary struct{ named []string }

func (wary) Source() string { return "prod" }

func (wary) Collect(context.Context, engine.Intake) (engine.Snapshot, error) {
	return engine.Snapshot{}, nil
}

func (wary) Reserved() []engine.Reserved {
	return []engine.Reserved{{Name: "secrets", Warning: "every value is read"}}
}

func (wary) With(names ...string) engine.Collector { return wary{names} }

func TestSecretsAreAskedForOnlyOnceChosen(t *testing.T) {
	s := newCollect(&Desk{Workbench: Workbench{Collection: vault.Collection{Collectors: []engine.Collector{wary{}}}}})
	assert.Equal(t, []engine.Collector{wary{}}, s.collectors(), "nothing is asked for that nobody named")
	s.named["secrets"] = true
	assert.Equal(t, []engine.Collector{wary{[]string{"secrets"}}}, s.collectors())
	s.named["secrets"] = false
	assert.Equal(t, []engine.Collector{wary{}}, s.collectors())
}
