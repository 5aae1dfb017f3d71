package screen

import (
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/tui/theme"
)

// reserved is what the sources are asked only by name, each once.
func (s *Collect) reserved() []engine.Reserved {
	var all []engine.Reserved
	for _, source := range s.desk.Collection.Collectors {
		keeps, ok := source.(engine.Reserving)
		if !ok {
			continue
		}
		for _, r := range keeps.Reserved() {
			if !slices.ContainsFunc(all, func(o engine.Reserved) bool { return o.Name == r.Name }) {
				all = append(all, r)
			}
		}
	}
	return all
}

// collectors are the sources, asked for what was chosen by name where something was.
func (s *Collect) collectors() []engine.Collector {
	var names []string
	for _, r := range s.reserved() {
		if s.named[r.Name] {
			names = append(names, r.Name)
		}
	}
	sources := slices.Clone(s.desk.Collection.Collectors)
	for i, source := range sources {
		if keeps, ok := source.(engine.Reserving); ok && len(names) > 0 {
			sources[i] = keeps.With(names...)
		}
	}
	return sources
}

// reservedLines say what is asked for only by name, and what speaks against what
// was chosen.
func (s *Collect) reservedLines(c Canvas) []string {
	var lines []string
	for i, r := range s.reserved() {
		line := fmt.Sprintf("%d  %s: not asked for; what rests on it stays unknown", i+1, r.Name)
		tone := theme.Muted
		if s.named[r.Name] {
			line, tone = fmt.Sprintf("%d  %s: asked for. Mind that %s.", i+1, r.Name, r.Warning), theme.Unseen
		}
		for _, part := range theme.Wrap(line, c.Width-3) {
			lines = append(lines, c.Theme.Paint(tone, part))
		}
	}
	return lines
}
