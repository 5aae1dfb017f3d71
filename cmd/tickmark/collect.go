package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

const collectHelp = `Collects from live clusters, manifests and saved dumps, evaluates every check, and
records snapshot, results and gaps in the vault as one run. Collectors only read.
What could not be seen is a gap, and never ends the collection. One source that
fails does not end the others.

A dump is what was saved of one cluster: lists that kubectl prints (-o json or
yaml), a folder of kubectl cluster-info dump, a support bundle, a must-gather; a
folder, a tar, tar.gz or zip, or single files. Logs are not read. A list does not
say what it was asked for: a kind counts as complete where lists show all
namespaces, or one list each, and is unknown otherwise; so is one of which the
list is empty and names no kind, as kubectl prints it where it was refused too.
--whole-cluster is your word that every list is of all namespaces and without a
selector, and was answered.

With --import it takes in what another tool wrote (Trivy, Grype, kube-bench, kubescape,
Prowler, Checkov, Falco, SARIF, CycloneDX, OpenVEX, Security Hub and others): told by
what the file holds, kept byte for byte, and judged as what that tool says. --target
names what the tool looked at, where its file does not say.

With --check or --area only these checks are evaluated, and a cluster is asked
for what they read and nothing else. Secrets and the nodes' proxy are asked for
only with --with, whatever is chosen.

A collection of a cluster that was interrupted goes on where it stopped when it is
started again within an hour, as the same identity: what was listed to its end is
not listed again, and the run says so. So does the reading of a dump, file by file,
while the files stay as they are. --fresh lists and reads everything anew.

With --print-role it prints the least role that a live collection needs.
Ends with 3 if a check failed or something could not be seen.`

func (d *door) collectVerb() *cobra.Command {
	var o opening
	var s source
	var format string
	var printRole, fresh bool
	verb := &cobra.Command{
		Use:   "collect VAULT [--context C... | --kubeconfig FILE | --manifests PATH... | --dump PATH... | --import FILE...]",
		Short: "Collect evidence, evaluate it, record the run",
		Long:  collectHelp,
		Example: `  tickmark collect shop.vault --context prod-eu
  tickmark collect --print-role --area rbac --area network
  tickmark collect shop.vault --context prod-eu --check containers-not-privileged
  tickmark collect shop.vault --context prod-eu --with secrets
  tickmark collect shop.vault --context prod-eu --policies policies/
  tickmark collect shop.vault --import trivy.json --import kube-bench.txt --target node-1`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.readOwn(&s.chosen); err != nil {
				return err
			}
			if printRole {
				return d.printRole(s)
			}
			if len(args) != 1 {
				return usagef("collect: name the vault")
			}
			s.allowExec = o.allowExec
			if cmd.Flags().Changed("target") {
				s.looked = s.target
			}
			collectors, err := d.collectors(s)
			if err != nil {
				return err
			}
			if len(collectors) == 0 {
				return usagef("collect: name a source: --context, --kubeconfig, --manifests, --dump or --import")
			}
			d.tidy(collecting)
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			collected, err := d.collectInto(cmd.Context(), v, collectors, s.chosen, fresh)
			if err != nil {
				return err
			}
			history, err := v.History(cmd.Context())
			if err != nil {
				return err
			}
			accepted, err := history.Acceptances()
			if err != nil {
				return err
			}
			return d.printCollected(collected, accepted, format)
		},
	}
	o.flags(verb)
	s.flags(verb)
	s.extraFlags(verb)
	s.chosen.ownFlags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringArrayVar(&s.manifests, "manifests", nil, "`PATH` of a file or folder of manifests (repeatable)")
	verb.Flags().StringVar(&s.target, "target", "manifests", "`NAME` that the target of manifests gets, of a dump without the namespace kube-system, and what an imported file is of that does not say")
	verb.Flags().BoolVar(&fresh, "fresh", false, "list and read everything anew, whatever an interrupted collection had")
	verb.Flags().BoolVar(&printRole, "print-role", false, "print the least role that a live collection needs")
	return verb
}

// printRole prints the least role for the chosen checks.
func (d *door) printRole(s source) error {
	extras, err := d.extras(s)
	if err != nil {
		return err
	}
	wish, err := s.chosen.wish(extras)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(d.out, kube.PrintRole(wish))
	return err
}

// collectInto runs the use case with the scope of the vault.
func (d *door) collectInto(ctx context.Context, v *vault.Vault, collectors []engine.Collector, of chosen, fresh bool) (vault.Collected, error) {
	registry, err := of.registry()
	if err != nil {
		return vault.Collected{}, err
	}
	params, err := d.paramsOf(ctx, v)
	if err != nil {
		return vault.Collected{}, err
	}
	params.Custom = of.values
	line := d.progress()
	defer line.Done()
	return v.Collect(ctx, vault.Collection{Collectors: collectors, Checks: registry, Params: params, Tool: tool(), Progress: line.Show, Fresh: fresh})
}

func (d *door) paramsOf(ctx context.Context, v *vault.Vault) (engine.Params, error) {
	history, err := v.History(ctx)
	if err != nil {
		return engine.Params{}, err
	}
	scope, err := history.Scope()
	if err != nil {
		return engine.Params{}, err
	}
	return scope.Params(d.now()), nil
}

// printCollected says what was seen, and by the exit status whether something
// needs attention.
func (d *door) printCollected(c vault.Collected, accepted []questionnaires.Acceptance, format string) error {
	if format == "json" {
		if err := json.NewEncoder(d.out).Encode(collectedFormOf(c)); err != nil {
			return err
		}
	} else {
		d.printTargets(c, accepted)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Failed)) {
		fmt.Fprintf(d.err, "error: %s\n", kube.Printable(c.Failed[name].Error()))
	}
	gaps := 0
	for _, item := range c.Files {
		if item.Quarantined() {
			gaps++
			fmt.Fprintf(d.err, "warning: %s is quarantined: %s\n", item.Label(), kube.Printable(item.SearchWords()))
		}
	}
	for _, t := range c.Recorded.Targets {
		gaps += t.Gaps
	}
	if verdict := c.Verdict(); gaps > 0 || len(c.Failed) > 0 || verdict == engine.Fail || verdict == engine.Unknown {
		return errAttention
	}
	return nil
}

// collectedForm is what `collect -o json` says of a collection.
type collectedForm struct {
	questionnaires.RecordedRun
	Resumed []resumedForm `json:"resumed,omitempty"`
}

// resumedForm is what was not asked for again, having been listed before an earlier
// collection was interrupted.
type resumedForm struct {
	Target  string    `json:"target"`
	Since   time.Time `json:"since"` // when that collection began
	Kinds   int       `json:"kinds"`
	Objects int       `json:"objects"`
}

func collectedFormOf(c vault.Collected) collectedForm {
	form := collectedForm{RecordedRun: c.Recorded}
	for _, r := range c.Resumed {
		form.Resumed = append(form.Resumed, resumedForm{r.Target.ID, r.Since.UTC(), r.Kinds, r.Objects})
	}
	return form
}

func (d *door) printTargets(c vault.Collected, accepted []questionnaires.Acceptance) {
	for _, t := range c.Recorded.Targets {
		fmt.Fprintf(d.out, "collected  %s (%s): %d objects, %d gaps%s\n", kube.Printable(t.Target.Name), t.Target.ID, t.Objects, t.Gaps, savedAt(t))
	}
	for _, r := range c.Resumed {
		fmt.Fprintf(d.out, "resumed    %s: %d kinds with %d objects were listed before the collection that began at %s was interrupted\n",
			kube.Printable(r.Target.Name), r.Kinds, r.Objects, r.Since.UTC().Format(time.RFC3339))
	}
	for _, item := range c.Files {
		fmt.Fprintf(d.out, "kept       %s  %s, %d bytes, SHA-256 %s; %s\n", item.Label(), kube.Printable(item.File.Name), item.File.Size, item.File.Digest, kube.Printable(item.SearchWords()))
	}
	empty := 0
	for _, item := range c.Recorded.Evidence {
		if r := item.Result; r.Verdict == engine.NotApplicable && r.Passed+r.Failed+r.Unknown+r.Others == 0 {
			empty++
			continue
		}
		fmt.Fprintf(d.out, "%-12s %s  %s\n", item.Label(), verdictMark(item), item.Title+acceptedMark(item.Result, accepted, d.now()))
	}
	if empty > 0 {
		fmt.Fprintf(d.out, "beside them %d checks found nothing to judge (tickmark evidence VAULT list names them)\n", empty)
	}
}

// savedAt says of a dump how old it is.
func savedAt(t questionnaires.TargetSeen) string {
	if t.Saved.IsZero() {
		return ""
	}
	return ", saved at " + t.Saved.UTC().Format(time.RFC3339)
}

// verdictMark is a result as glyph, word and counts.
func verdictMark(item questionnaires.Evidence) string {
	r := item.Result
	glyph := [...]string{engine.Unknown: "◌", engine.Pass: "●", engine.Fail: "○", engine.NotApplicable: "–"}[r.Verdict]
	return fmt.Sprintf("%s %-14s %4d pass %4d fail %4d unknown", glyph, r.Verdict, r.Passed, r.Failed, r.Unknown)
}
