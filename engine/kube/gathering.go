package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// gathering is what collections of clusters and of files have in common: the
// snapshot as it grows, and the intake.
type gathering struct {
	*scribe
	source   string
	snapshot engine.Snapshot
	to       engine.Intake
	now      func() time.Time
	reading  reading
	what     string // is at hand
}

func newGathering(source string, tool engine.Tool, now func() time.Time, to engine.Intake) gathering {
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	g := gathering{scribe: newScribe(), source: source, to: to, now: now}
	g.snapshot = engine.Snapshot{
		Tool: tool, Canonical: CanonicalVersion, Redaction: redaction.Version, Started: now().UTC(),
		Entries: []engine.Entry{}, Populations: []engine.Population{}, Gaps: []engine.Gap{}, Redacted: g.Counts,
	}
	return g
}

// add hands a document over and notes its entry.
func (g *gathering) add(doc engine.Document, origin string) error {
	if g.to.Document != nil {
		if err := g.to.Document(doc); err != nil {
			return fmt.Errorf("take in %s: %w", doc.Ref, err)
		}
	}
	g.snapshot.Entries = append(g.snapshot.Entries, engine.Entry{Ref: doc.Ref, Digest: doc.Digest, Origin: origin})
	if g.reading.size > 0 && len(g.snapshot.Entries)%tellEach == 0 {
		g.progress(g.what)
	}
	target := &g.snapshot.Target
	if target.Provisional && doc.Ref.Of() == (engine.Kind{Kind: "Namespace"}) && doc.Ref.Name == "kube-system" && doc.Ref.UID != "" {
		target.ID, target.Provisional = "k8s:"+doc.Ref.UID, false
	}
	return nil
}

// gap names what was not seen. Where it is of a kind that makes pods as well, it may be
// any pod.
func (g *gathering) gap(gap engine.Gap) {
	if hidesPods(gap) {
		pods := gap
		pods.Kind, pods.Cause = podKind, "what makes pods could not be seen: "+gap.Cause
		defer g.note(pods)
	}
	g.note(gap)
}

// maxGaps bounds what is named as not seen, one by one. What a file holds may be nothing
// but faults.
const maxGaps = 10_000

// note names what was not seen, and nothing that it may hide besides. Beyond the bound one
// gap stands for all that follow, of whatever kind.
func (g *gathering) note(gap engine.Gap) {
	switch n := len(g.snapshot.Gaps); {
	case n > maxGaps:
		return
	case n == maxGaps:
		gap = engine.Gap{Source: g.source, Reason: engine.TooLarge, Cause: fmt.Sprintf("more than %d things could not be seen: the others are not named, and may be of any kind", maxGaps)}
	}
	gap.Source, gap.Cause = line(gap.Source), causeIn(gap)
	gap.Namespace, gap.Name = Printable(gap.Namespace), Printable(gap.Name)
	g.snapshot.Gaps = append(g.snapshot.Gaps, gap)
}

// causeIn is the cause of a gap, safe to print. What was asked of a kind stands before a
// colon: resources that are called after secrets would look like the name of one's value.
func causeIn(gap engine.Gap) string {
	if k, isKnown := known(gap.Kind); isKnown {
		for _, verb := range []string{"list ", "read "} {
			asked := verb + k.qualified() + ": "
			if rest, is := strings.CutPrefix(gap.Cause, asked); is {
				return asked + line(rest)
			}
		}
	}
	return line(gap.Cause)
}

// mark is how far a collection was.
type mark struct {
	entries, gaps int
	redacted      map[string]int
}

func (g *gathering) mark() mark {
	return mark{len(g.snapshot.Entries), len(g.snapshot.Gaps), maps.Clone(g.Counts)}
}

// back forgets what was seen since a mark: it is looked at again.
func (g *gathering) back(to mark) {
	s := &g.snapshot
	s.Entries, s.Gaps = s.Entries[:to.entries], s.Gaps[:to.gaps]
	clear(g.Counts)
	maps.Copy(g.Counts, to.redacted)
}

// since returns the entries since a mark, and what was redacted.
func (g *gathering) since(m mark) ([]engine.Entry, map[string]int) {
	redacted := map[string]int{}
	for what, n := range g.Counts {
		if more := n - m.redacted[what]; more > 0 {
			redacted[what] = more
		}
	}
	return slices.Clone(g.snapshot.Entries[m.entries:]), redacted
}

// tellEach is after how many objects of a file it is told how far it is read.
const tellEach = 256

func (g *gathering) progress(what string) { g.progressBefore(what, 0) }

// progressBefore tells as well how many more the source says there are of what is at hand.
func (g *gathering) progressBefore(what string, left int) {
	if g.to.Progress == nil {
		return
	}
	g.what = what
	at := engine.Progress{Source: g.source, What: what, Seen: len(g.snapshot.Entries), Gaps: len(g.snapshot.Gaps), Read: g.reading.so(), Size: g.reading.size}
	if left > 0 {
		at.Total = at.Seen + left
	}
	g.to.Progress(at)
}

func (g *gathering) end() {
	g.snapshot.Ended = g.now().UTC()
	g.snapshot.Sort()
}
