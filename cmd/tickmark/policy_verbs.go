package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/policy"
	"tickmark/engine/sheet"
)

func (d *door) policyVerb() *cobra.Command {
	verb := &cobra.Command{Use: "policy test|list", Short: "Checks of your own, written in CEL"}
	verb.AddCommand(d.policyTestVerb(), d.policyListVerb())
	return verb
}

// policyForm is a policy as `policy list -o json` shows it.
type policyForm struct {
	ID       string              `json:"id"`
	Version  int                 `json:"version"`
	Source   string              `json:"source,omitempty"`
	Text     engine.Digest       `json:"text"`
	Area     string              `json:"area,omitempty"`
	Words    engine.Words        `json:"words"`
	Needs    []string            `json:"needs,omitempty"`
	Params   []policy.Param      `json:"params,omitempty"`
	Informs  map[string][]string `json:"informs,omitempty"`
	Examples int                 `json:"examples"`
	Evidence []string            `json:"evidence,omitempty"` // of a vault: where its results are
}

func (d *door) policyListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list PATH... | VAULT", Short: "List policies: of files, or those that the results of a vault come from", Args: cobra.MinimumNArgs(1),
		Long: `Lists the policies of files and folders with what they look at and inform. Of a
vault it lists the policies that its results were made by, each text by its digest:
one version with two digests is a policy that was changed without a new version.`,
		Example: "  tickmark policy list policies/\n  tickmark policy list shop.vault -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			forms, err := d.policyForms(cmd.Context(), args, o)
			if err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(forms)
			}
			w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
			for _, f := range forms {
				where := f.Source
				if len(f.Evidence) > 0 {
					where = strings.Join(f.Evidence, ", ")
				}
				fmt.Fprintf(w, "%s\tversion %d\ttext %s\t%s\t%s\n", f.ID, f.Version, f.Text.Short(), kube.Printable(f.Words.Title), kube.Printable(where))
			}
			return w.Flush()
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) policyForms(ctx context.Context, args []string, o opening) ([]policyForm, error) {
	if len(args) == 1 && strings.HasSuffix(args[0], ".vault") {
		return d.policiesOfVault(ctx, args[0], o)
	}
	policies, err := d.policies(args)
	if err != nil {
		return nil, err
	}
	forms := []policyForm{}
	for _, p := range policies {
		f := policyForm{
			ID: p.Check.ID, Version: p.Check.Version, Source: p.Source, Text: engine.Sum(p.Check.Custom.Text), Area: p.Check.Area, Words: p.Check.Words,
			Params: p.Params, Informs: p.Check.Custom.Informs, Examples: len(p.Examples),
		}
		for _, k := range p.Check.Needs {
			f.Needs = append(f.Needs, k.String())
		}
		forms = append(forms, f)
	}
	return forms, nil
}

// policiesOfVault are those that the results of a vault were made by.
func (d *door) policiesOfVault(ctx context.Context, path string, o opening) ([]policyForm, error) {
	o.readOnly = true
	v, err := d.open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	history, err := v.History(ctx)
	if err != nil {
		return nil, err
	}
	type key struct {
		id   string
		text engine.Digest
	}
	byText := map[key]*policyForm{}
	for _, item := range history.Evidence() {
		if item.Result == nil || item.Result.Custom == nil {
			continue
		}
		k := key{item.Result.Check, item.Result.Custom.Definition}
		if byText[k] == nil {
			byText[k] = &policyForm{ID: k.id, Version: item.Result.Version, Text: k.text, Words: engine.Words{Title: item.Title}, Informs: item.Result.Custom.Informs}
		}
		byText[k].Evidence = append(byText[k].Evidence, item.Label())
	}
	forms := []policyForm{}
	for _, k := range slices.SortedFunc(maps.Keys(byText), func(a, b key) int { return strings.Compare(a.id+a.text.String(), b.id+b.text.String()) }) {
		forms = append(forms, *byText[k])
	}
	return forms, nil
}

// testedPolicy is a policy as `policy test -o json` shows it.
type testedPolicy struct {
	ID       string          `json:"id"`
	Source   string          `json:"source"`
	Examples []testedExample `json:"examples"`
	Lacks    []string        `json:"lacks,omitempty"` // what it has no example of
}

type testedExample struct {
	Place   string          `json:"place"`
	Name    string          `json:"name,omitempty"`
	Want    engine.Verdict  `json:"want"`
	Verdict engine.Verdict  `json:"verdict"`
	Details []engine.Detail `json:"details,omitempty"` // where it is not as wanted
	Cause   string          `json:"cause,omitempty"`
}

func (e testedExample) agrees() bool { return e.Cause == "" && e.Want == e.Verdict }

func (d *door) policyTestVerb() *cobra.Command {
	var format string
	verb := &cobra.Command{
		Use: "test PATH...", Short: "Compile policies and run the examples that they hold", Args: cobra.MinimumNArgs(1),
		Long: `Compiles the policies of files and folders and runs their examples: small worlds of
objects with the verdict that each is to have. A policy of your own needs an example
that passes and one that fails. Ends with 3 if an example has another verdict or is
missing, and with 1 if a policy cannot be compiled; nothing is run in that case.`,
		Example: "  tickmark policy test policies/",
		RunE: func(cmd *cobra.Command, args []string) error {
			policies, err := d.policies(args)
			var wrong sheet.Errors
			if errors.As(err, &wrong) {
				for _, e := range wrong {
					fmt.Fprintln(d.out, kube.Printable(e.Error()))
				}
				return fmt.Errorf("read policies: %s", counted(len(wrong), "problem", "problems"))
			}
			if err != nil {
				return err
			}
			tested := []testedPolicy{}
			for _, p := range policies {
				tested = append(tested, d.testPolicy(cmd.Context(), p))
			}
			return d.printTested(tested, format)
		},
	}
	outputFlag(verb, &format)
	return verb
}

func (d *door) testPolicy(ctx context.Context, p policy.Policy) testedPolicy {
	tested := testedPolicy{ID: p.Check.ID, Source: p.Source, Examples: []testedExample{}}
	for _, want := range []engine.Verdict{engine.Pass, engine.Fail} {
		if !p.Admits && !slices.ContainsFunc(p.Examples, func(e policy.Example) bool { return e.Want == want }) {
			tested.Lacks = append(tested.Lacks, want.String())
		}
	}
	for _, e := range p.Examples {
		one := testedExample{Place: e.Place, Name: e.Name, Want: e.Want}
		if r, err := d.runExample(ctx, p, e); err != nil {
			one.Cause = err.Error()
		} else if one.Verdict = r.Verdict; r.Verdict != e.Want {
			one.Details = r.Details
		}
		tested.Examples = append(tested.Examples, one)
	}
	return tested
}

// runExample judges an example as manifests are judged.
func (d *door) runExample(ctx context.Context, p policy.Policy, e policy.Example) (engine.Result, error) {
	params := e.Of(p)
	if err := p.Takes(params.Custom[p.Check.ID]); err != nil {
		return engine.Result{}, err
	}
	params.Now = d.now()
	bodies := map[engine.Digest][]byte{}
	manifests := &kube.Manifests{Given: map[string][]byte{e.Place + ".json": e.List}, Name: "example", Now: d.now}
	snapshot, err := manifests.Collect(ctx, engine.Intake{Document: func(doc engine.Document) error {
		bodies[doc.Digest] = bytes.Clone(doc.Body)
		return nil
	}})
	if err != nil {
		return engine.Result{}, err
	}
	read := func(digest engine.Digest) ([]byte, error) { return bodies[digest], nil }
	run, err := engine.Evaluate(ctx, []engine.Check{p.Check}, []engine.Snapshot{snapshot}, read, params)
	if err != nil {
		return engine.Result{}, err
	}
	return run.Results[0], nil
}

func (d *door) printTested(tested []testedPolicy, format string) error {
	agree, differ := 0, 0
	for _, t := range tested {
		differ += len(t.Lacks)
		for _, e := range t.Examples {
			if e.agrees() {
				agree++
			} else {
				differ++
			}
		}
	}
	if format == "json" {
		if err := json.NewEncoder(d.out).Encode(tested); err != nil {
			return err
		}
	} else {
		for _, t := range tested {
			d.printTestedPolicy(t)
		}
		fmt.Fprintf(d.out, "%s, %s as wanted, %d not\n", counted(len(tested), "policy", "policies"), counted(agree, "example", "examples"), differ)
	}
	if differ > 0 {
		return errAttention
	}
	return nil
}

func (d *door) printTestedPolicy(t testedPolicy) {
	for _, verdict := range t.Lacks {
		fmt.Fprintf(d.out, "%s: %s has no example of %s\n", kube.Printable(t.Source), t.ID, verdict)
	}
	for _, e := range t.Examples {
		switch {
		case e.agrees():
			continue
		case e.Cause != "":
			fmt.Fprintf(d.out, "%s: %s: %s: %s\n", kube.Printable(t.Source), t.ID, e.Place, kube.Printable(e.Cause))
			continue
		}
		fmt.Fprintf(d.out, "%s: %s: %s: want %s, it is %s\n", kube.Printable(t.Source), t.ID, e.Place, e.Want, e.Verdict)
		for _, detail := range e.Details {
			fmt.Fprintf(d.out, "  %-15s %s: %s\n", detail.Verdict, kube.Printable(detail.Subject.String()), kube.Printable(detail.Sentence))
		}
	}
}
