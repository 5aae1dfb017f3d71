package reports

import (
	"encoding/json"
	"fmt"

	"tickmark/engine"
)

// imported returns the files of other tools that were read into findings. What such a tool calls
// a secret stands in them, and nothing else tells that it is one: what was read out of them is
// printed, and they are not.
func (p *prover) imported() (map[engine.Digest]bool, error) {
	if p.imports != nil {
		return p.imports, nil
	}
	seen, err := collections(p.dossier.Assessment.History())
	if err != nil {
		return nil, err
	}
	p.imports = map[engine.Digest]bool{}
	for digest, t := range seen {
		if !t.Target.Imported() {
			continue
		}
		s, err := p.source.Snapshot(p.ctx, digest)
		if err != nil {
			return nil, fmt.Errorf("read what %s was read from: %w", t.Target.Name, err)
		}
		for _, e := range s.Entries {
			if e.Ref.Group != engine.ImportGroup || e.Ref.Kind != engine.ImportReport {
				continue
			}
			var report struct {
				File struct{ Digest engine.Digest }
			}
			if body, err := p.body(e.Digest); err == nil && json.Unmarshal(body, &report) == nil {
				p.imports[report.File.Digest] = true
			}
		}
	}
	return p.imports, nil
}
