package kube

import (
	"context"
	"fmt"
	"time"

	"tickmark/engine"
)

// pieces is what was listed to its end of a cluster, by this collection and by one
// that was interrupted before it.
type pieces struct {
	source  string
	begun   time.Time // when the collection began that is gone on with, or this one
	earlier map[string]engine.Part
}

// resume looks what an interrupted collection of the same cluster had listed, as the
// same identity and by the same rules.
func (c *collection) resume(ctx context.Context) error {
	c.pieces.begun = c.snapshot.Started
	if c.to.Parts == nil || c.snapshot.Target.ID == "" || ctx.Err() != nil {
		return nil
	}
	digest, err := engine.SumOf([]any{
		c.snapshot.Target.ID, c.snapshot.Target.Endpoint, c.snapshot.Collector, c.snapshot.Tool, c.snapshot.Canonical, c.snapshot.Redaction,
	})
	if err != nil {
		return err
	}
	c.pieces.source = "live " + digest.String()
	parts, err := c.to.Parts.Earlier(ctx, c.pieces.source)
	if err != nil {
		return err
	}
	c.pieces.earlier = map[string]engine.Part{}
	for _, p := range parts {
		c.pieces.earlier[p.Key] = p
	}
	return nil
}

// once lists a kind, unless an interrupted collection did, and keeps what came to its
// end without a gap.
func (c *collection) once(ctx context.Context, k kind, served map[engine.Kind]offer) error {
	if where := served[k.of]; k.custom && where.version == "" {
		return c.list(ctx, k, served)
	}
	key := k.of.String()
	if p, kept := c.pieces.earlier[key]; kept {
		c.adopt(p)
		return nil
	}
	before := c.mark()
	if err := c.list(ctx, k, served); err != nil {
		return err
	}
	population, listed := c.snapshot.Population(k.of)
	if c.pieces.source == "" || !listed || !population.Complete || len(c.snapshot.Gaps) > before.gaps {
		return nil
	}
	p := engine.Part{Key: key, Begun: c.pieces.begun, Seen: c.now().UTC(), Population: population}
	p.Entries, p.Redacted = c.since(before)
	if err := c.to.Parts.Keep(ctx, c.pieces.source, p); err != nil {
		return fmt.Errorf("keep what was listed: %w", err)
	}
	return nil
}

// adopt takes a listing over that an interrupted collection made. The snapshot says
// when, and is as old as that.
func (c *collection) adopt(p engine.Part) {
	s := &c.snapshot
	if s.Resumed.IsZero() {
		s.Resumed = s.Started
	}
	if p.Begun.Before(s.Started) {
		s.Started, c.pieces.begun = p.Begun, p.Begun
	}
	p.Population.Seen = p.Seen
	s.Entries = append(s.Entries, p.Entries...)
	s.Populations = append(s.Populations, p.Population)
	for what, n := range p.Redacted {
		c.Counts[what] += n
	}
	c.progress(p.Population.Kind.String())
}
