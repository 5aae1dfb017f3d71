package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// releasing is a decision on what was found in a file.
type releasing struct {
	redacted, reason, original string
}

func (d *door) evidenceReleaseVerb() *cobra.Command {
	var o opening
	var r releasing
	verb := &cobra.Command{
		Use: "release VAULT Evidence-N", Short: "Decide on a file in which a card number or a key was found", Args: cobra.ExactArgs(2),
		Long: `Decides on a quarantined file. With --redacted, a copy without what was found takes its
place: the item keeps its number and both digests, the copy is searched too, and
--original says whether the file itself is kept or expunged for good. With --reason
alone the file is kept as it is, and the reason stays, signed: what was found is no card
number, or it is one of a brand's test numbers.`,
		Example: "  tickmark evidence shop.vault release Evidence-7 --redacted list-redacted.pdf --original expunge\n" +
			"  tickmark evidence shop.vault release Evidence-7 --reason 'A test number that the brand publishes.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.check(); err != nil {
				return err
			}
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			return d.release(cmd, v, args[1], r)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&r.redacted, "redacted", "", "`FILE` that takes its place, without what was found")
	verb.Flags().StringVar(&r.reason, "reason", "", "why, in one line; it stays and is signed")
	verb.Flags().StringVar(&r.original, "original", "", "what becomes of the file itself: keep or expunge (with --redacted)")
	_ = verb.RegisterFlagCompletionFunc("original", cobra.FixedCompletions([]string{"keep", "expunge"}, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return verb
}

func (r releasing) check() error {
	switch {
	case r.redacted == "" && r.reason == "":
		return usagef("release: --redacted FILE or --reason TEXT is needed")
	case r.redacted == "" && r.original != "":
		return usagef("release: --original goes with --redacted; `expunge` takes a file out for good")
	case r.redacted != "" && r.original != "keep" && r.original != "expunge":
		return usagef("release: with --redacted say what becomes of the file itself: --original keep or --original expunge")
	}
	return nil
}

func (d *door) release(cmd *cobra.Command, v *vault.Vault, label string, r releasing) error {
	h, err := v.History(cmd.Context())
	if err != nil {
		return err
	}
	item, err := h.EvidenceByLabel(label)
	if err != nil {
		return err
	}
	release := questionnaires.Release{Evidence: item.ID, Reason: r.reason}
	if r.redacted == "" {
		draft, err := h.Release(release)
		if err != nil {
			return err
		}
		if _, err := v.Append(cmd.Context(), draft); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s is kept as it is\n", item.Label())
		return nil
	}
	if !item.Quarantined() {
		_, err := h.Release(release)
		return err
	}
	if r.original == "expunge" {
		if err := h.MayReplace(item, r.reason); err != nil {
			return err
		}
	}
	line := d.progress()
	err = v.PutRedacted(cmd.Context(), release, fileAt(r.redacted, line.Bytes("taking in")))
	line.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s  the redacted copy took its place; the file itself, SHA-256 %s, ", item.Label(), item.File.Digest)
	if r.original == "keep" {
		fmt.Fprintln(d.out, "is kept beside it")
		return nil
	}
	fmt.Fprintln(d.out, "goes")
	if h, err = v.History(cmd.Context()); err != nil {
		return err
	}
	if item, err = h.EvidenceByLabel(item.Label()); err != nil {
		return err
	}
	draft, err := h.ExpungeOriginal(item, r.reason)
	if err != nil {
		return err
	}
	return d.expungeAs(cmd.Context(), v, draft, "document "+item.Original.Digest.Short(), true)
}

func quarantinedFlag(verb *cobra.Command, allowed *bool) {
	verb.Flags().BoolVar(allowed, "quarantined", false, "take it out though it is quarantined, to look at it or to redact it")
}

// quarantineError says that a file does not leave as it is.
func quarantineError(item questionnaires.Evidence) error {
	return withHint(fmt.Errorf("export %s: it is %s", item.Label(), item.SearchWords()),
		"decide with `tickmark evidence VAULT release "+item.Label()+"`; --quarantined takes it out all the same, to look at it or to redact it")
}

// goneOf says that a body was expunged, "" where it is there.
func goneOf(h *questionnaires.History, body engine.Digest) string {
	if t, gone := h.Tombstone(body); gone {
		return ", " + kube.Printable(t.String())
	}
	return ", kept"
}
