package screen

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// SourceKind is what kind of source a person names.
type SourceKind string

// The kinds.
const (
	LiveSource     SourceKind = "live"
	ManifestSource SourceKind = "manifests"
	DumpSource     SourceKind = "dump"
	ImportSource   SourceKind = "import"
)

// NamedSource is a source that a person names at the desk.
type NamedSource struct {
	Kind   SourceKind
	Paths  []string // files and folders, or contexts of a kubeconfig
	Config string   // a kubeconfig; "" is kubectl's own
	Target string   // what the objects, or what another tool looked at, is called
	Whole  bool     // the person's word on a dump: every list is of all namespaces
}

// OwnPolicies are policies of the organisation's own that are evaluated as well.
type OwnPolicies struct {
	Paths  []string // files and folders
	Params []string // POLICY.NAME=VALUE
}

// Evaluated is what a collection evaluates, and what its checks are told.
type Evaluated struct {
	Checks []engine.Check
	Values map[string]map[string]string
	Own    int // how many of the checks are the organisation's own
}

// namedHere is what was named at this desk beside what cmd gave.
type namedHere struct {
	sources int // the last so many collectors
	own     int // checks of the organisation's own
}

// sourceKeys name sources and policies.
func (s *Collect) sourceKeys() []Binding {
	d := s.desk
	source := Binding{Keys: []string{"s"}, Label: "source", Help: "name a source: a live cluster, manifests, a saved dump, what another tool wrote", Why: d.fixed(), Do: func() tea.Cmd { return push(sourceForm(d)) }}
	policies := Binding{Keys: []string{"p"}, Label: "policies", Help: "evaluate policies of your own as well", Why: d.fixed(), Do: func() tea.Cmd { return push(policiesForm(d)) }}
	if source.Why == "" && d.Files.Sources == nil {
		source.Why = "nothing names sources here"
	}
	if policies.Why == "" && d.Files.Policies == nil {
		policies.Why = "nothing reads policies here"
	}
	drop := Binding{Keys: []string{"x"}, Help: "take out the source that was named last", Why: d.fixed(), Do: func() tea.Cmd {
		all := d.Collection.Collectors
		last := all[len(all)-1]
		d.Collection.Collectors = slices.Clone(all[:len(all)-1])
		d.named.sources--
		return note(theme.Muted, "taken out: "+last.Source())
	}}
	if drop.Why == "" && d.named.sources == 0 {
		drop.Why = "no source was named at this desk"
	}
	return []Binding{source, policies, drop}
}

// sourceForm names a source, which is refused as the command line refuses it.
func sourceForm(d *Desk) *Form {
	type n = NamedSource
	value := &NamedSource{}
	kinds := []option{
		{string(LiveSource), "a live cluster", "read only, by a context of kubectl's configuration"},
		{string(ManifestSource), "manifests", "files and folders of manifests"},
		{string(DumpSource), "a saved dump", "what was saved of one cluster: a folder, an archive, files"},
		{string(ImportSource), "other tools' results", "what a scanner, a benchmark or an event log wrote, kept byte for byte"},
	}
	var found []engine.Collector
	return heldForm(d, "Source", "Names a source for the collections of this desk. Nothing is read before you collect.", value, func(*Picture) []blank[n] {
		paths, target := "Files or folders, one a line.", "What the objects are called, as a name."
		switch value.Kind {
		case LiveSource:
			paths = "Contexts, one a line, as kubectl names them."
		case ImportSource:
			paths, target = "The files, one a line.", "What the tool looked at, where its file does not say."
		case ManifestSource, DumpSource:
		}
		blanks := []blank[n]{
			choice("Kind", "What it is.", true, kinds, func(s *n) string { return string(s.Kind) }, func(s *n, text string) error { s.Kind = SourceKind(text); return nil }),
			lines("Paths", paths, func(s *n) *[]string { return &s.Paths }),
		}
		blanks[1].needed = true
		if value.Kind == LiveSource {
			return append(blanks, line("Kubeconfig", "A kubeconfig; nothing for kubectl's own. What it would run is refused.", false, func(s *n) *string { return &s.Config }))
		}
		blanks = append(blanks, line("Target", target, false, func(s *n) *string { return &s.Target }))
		if value.Kind == DumpSource {
			blanks = append(blanks, either("Whole cluster", "Your word, which is recorded: every list in it was asked of all namespaces and without a selector.", false, func(s *n) *bool { return &s.Whole }))
		}
		return blanks
	}, sending{form: formKey("Source"), label: "add", help: "add the source", work: func(asked any) job {
		held := *value
		return func() changed {
			var err error
			if found, err = d.Files.Sources(held); err != nil {
				return changed{err: err, asked: asked}
			}
			return changed{asked: asked, said: "added; enter collects"}
		}
	}, then: func() Screen {
		d.Collection.Collectors = append(slices.Clone(d.Collection.Collectors), found...)
		d.named.sources += len(found)
		return nil
	}})
}

// policiesForm reads policies of the organisation's own, to be evaluated as well.
func policiesForm(d *Desk) *Form {
	type p = OwnPolicies
	value := &OwnPolicies{}
	var found Evaluated
	return heldForm(d, "Policies", "Evaluates policies of your own in the collections of this desk, beside the built-in checks. They take the place of those that were read before.", value, func(*Picture) []blank[p] {
		blanks := []blank[p]{
			lines("Paths", "Files or folders of policies, one a line.", func(p *p) *[]string { return &p.Paths }),
			lines("Parameters", "POLICY.NAME=VALUE, one a line; nothing where the policies' own values do.", func(p *p) *[]string { return &p.Params }),
		}
		blanks[0].needed = true
		return blanks
	}, sending{form: formKey("Policies"), label: "read", help: "read and compile them", work: func(asked any) job {
		held := *value
		return func() changed {
			var err error
			if found, err = d.Files.Policies(held); err != nil {
				return changed{err: err, asked: asked}
			}
			return changed{asked: asked, said: count(found.Own, "policy is", "policies are") + " evaluated as well"}
		}
	}, then: func() Screen {
		d.Collection.Checks, d.Collection.Params.Custom, d.named.own = found.Checks, found.Values, found.Own
		return nil
	}})
}

// checksLine says how many checks are evaluated.
func (s *Collect) checksLine() string {
	text := count(len(s.desk.Collection.Checks)-s.desk.named.own, "built-in check", "built-in checks")
	if n := s.desk.named.own; n > 0 {
		text += " and " + count(n, "policy of your own", "policies of your own")
	}
	return text
}

// keptLines say of what was collected what is neither a result nor a gap: files that became
// evidence of their own, how old a dump is, what was gone on with.
func keptLines(c vault.Collected) []string {
	var all []string
	for _, seen := range c.Recorded.Targets {
		if !seen.Saved.IsZero() {
			all = append(all, seen.Target.Name+" was saved at "+stamp(seen.Saved))
		}
	}
	for _, r := range c.Resumed {
		all = append(all, fmt.Sprintf("%s: %s with %s were listed before the collection that began at %s was interrupted", r.Target.Name, count(r.Kinds, "kind", "kinds"), count(r.Objects, "object", "objects"), stamp(r.Since)))
	}
	for _, item := range c.Files {
		all = append(all, fmt.Sprintf("kept as %s: %s, %s; %s", item.Label(), item.File.Name, count(int(item.File.Size), "byte", "bytes"), item.SearchWords()))
	}
	return all
}

// quarantinedOf counts files that wait for a decision.
func quarantinedOf(all []questionnaires.Evidence) int {
	n := 0
	for _, item := range all {
		if item.Quarantined() {
			n++
		}
	}
	return n
}

// mostKept is how many lines of that are shown.
const mostKept = 4

// keptWords draw what was kept.
func (s *Collect) keptWords(c Canvas) []string {
	all := keptLines(s.result)
	var lines []string
	for _, text := range all[:min(len(all), mostKept)] {
		lines = append(lines, theme.Cut(theme.Clean(text), c.Width-3))
	}
	if n := len(all) - mostKept; n > 0 {
		lines = append(lines, c.Theme.Paint(theme.Muted, "and "+thousands(n)+" more, which are among the evidence"))
	}
	if n := quarantinedOf(s.result.Files); n > 0 {
		lines = append(lines, c.Theme.Paint(theme.Warning, "! "+count(n, "file is", "files are")+" quarantined until somebody decides; Evidence shows them"))
	}
	return lines
}
