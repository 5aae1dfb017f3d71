package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/rbac"
)

func (d *door) rbacPathsVerb() *cobra.Command {
	var s source
	var format, subject string
	verb := &cobra.Command{
		Use: "paths [SUBJECT] PATH... | --context C", Short: "By which steps somebody comes to rights that nobody granted",
		Long: `Follows the ways from rights to more rights: escalate and bind, impersonation, pods and
workloads with a stronger account, exec, attach and containers added to pods, Secrets with
tokens and token requests, certificates, nodes/proxy, webhooks, volumes of the host.

Without SUBJECT it lists everybody who comes to every right in the cluster and does not
hold them as it is, by the shortest path. With SUBJECT (user:NAME, group:NAME,
serviceaccount:NAMESPACE/NAME; or --subject) it lists what that one can become, nearest
first. Each step names the binding, the role and the rule that leave it open. Whether
admission or another authorizer closes it, needs other evidence. What could not be seen is
named, and ends with 3; so does a subject that comes to every right.`,
		Example: "  tickmark rbac paths manifests/\n  tickmark rbac paths serviceaccount:payments/api --context prod -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if subject == "" && len(args) > 0 && namesSubject(args[0]) {
				subject, args = args[0], args[1:]
			}
			var of rbac.Subject
			if subject != "" {
				var err error
				if of, err = subjectOf(subject); err != nil {
					return err
				}
			}
			p, err := d.permissionsOf(cmd.Context(), "rbac paths", s, args, slices.Concat(rbac.EscalationKinds(), engine.PodTemplateKinds(), []engine.Kind{rbac.ConfigMapKind, {Kind: "Secret"}})...)
			if err != nil {
				return err
			}
			all := escalationPaths(p, of)
			kinds := slices.Concat(rbac.Kinds(), rbac.EscalationKinds())
			gaps := p.gaps(kinds)
			for _, view := range p.views {
				gaps = append(gaps, rbac.EscalationsOf(view).Gaps()...)
			}
			err = d.showAnalysed(p.gathered, gapForms(gaps), format,
				func(i int) any { return pathsForm(p.snapshots[i].Target, all[i]) },
				func(i int) { d.printPaths(p.views[i], of, all[i]) })
			if err == nil && slices.ContainsFunc(all, reachesEverything) {
				return errAttention
			}
			return err
		},
	}
	s.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&subject, "subject", "", "`SUBJECT` whose paths are listed")
	return verb
}

// subjectKinds are the kinds of subjects as people write them.
var subjectKinds = map[string]string{"user": "User", "group": "Group", "serviceaccount": "ServiceAccount", "sa": "ServiceAccount"}

// namesSubject reports whether an argument is written as a subject and is no file.
func namesSubject(arg string) bool {
	kind, _, parted := strings.Cut(arg, ":")
	if _, err := os.Stat(arg); err == nil || !parted {
		return false
	}
	return subjectKinds[strings.ToLower(kind)] != "" || kind == "system"
}

func subjectOf(text string) (rbac.Subject, error) {
	if account, is := rbac.Account(text); is {
		return account, nil
	}
	kind, name, _ := strings.Cut(text, ":")
	s := rbac.Subject{Kind: subjectKinds[strings.ToLower(kind)], Name: name}
	if s.Kind == "ServiceAccount" {
		s.Namespace, s.Name, _ = strings.Cut(name, "/")
	}
	if s.Kind == "" || s.Name == "" || s.Kind == "ServiceAccount" && s.Namespace == "" {
		return s, withHint(usagef("rbac paths %q: it is no subject", text), "write user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME")
	}
	return s, nil
}

// escalationPaths returns the paths of each target: of one subject to all that it can
// become, or of everybody to every right.
func escalationPaths(p *permissions, of rbac.Subject) [][]rbac.Path {
	all := make([][]rbac.Path, len(p.views))
	for i, view := range p.views {
		escalations := rbac.EscalationsOf(view)
		if of != (rbac.Subject{}) {
			all[i] = escalations.From(of)
			continue
		}
		for _, s := range escalations.Subjects() {
			if path, is := escalations.ToEverything(s); is && !escalations.GrantedByKubernetes(s) {
				all[i] = append(all[i], path)
			}
		}
	}
	return all
}

func reachesEverything(paths []rbac.Path) bool {
	return slices.ContainsFunc(paths, func(p rbac.Path) bool { return p.To == rbac.Subject{} })
}

func pathsForm(target engine.Target, paths []rbac.Path) any {
	type stepForm struct {
		Technique string       `json:"technique"`
		Does      string       `json:"does"`
		Becomes   string       `json:"becomes"`
		Grants    []grantForm  `json:"grants"`
		By        []engine.Ref `json:"by"`
	}
	type pathForm struct {
		From       subjectForm  `json:"from"`
		To         *subjectForm `json:"to,omitempty"`
		Everything bool         `json:"everything"`
		Steps      []stepForm   `json:"steps"`
	}
	form := struct {
		Target string     `json:"target"`
		Paths  []pathForm `json:"paths"`
	}{target.ID, []pathForm{}}
	for _, p := range paths {
		one := pathForm{From: subjectFormOf(p.From), Everything: p.To == rbac.Subject{}, Steps: []stepForm{}}
		if !one.Everything {
			to := subjectFormOf(p.To)
			one.To = &to
		}
		for _, s := range p.Steps {
			one.Steps = append(one.Steps, stepForm{s.Technique, s.Does, s.Becomes, grantForms(s.Grants), append([]engine.Ref{}, s.By...)})
		}
		form.Paths = append(form.Paths, one)
	}
	return form
}

func (d *door) printPaths(view *engine.View, of rbac.Subject, paths []rbac.Path) {
	switch {
	case of != (rbac.Subject{}) && rbac.EscalationsOf(view).Admin(of):
		fmt.Fprintf(d.out, "%s holds every right in the cluster as it is\n", kube.Printable(of.String()))
		return
	case len(paths) == 0 && of == (rbac.Subject{}):
		fmt.Fprintln(d.out, "Nobody comes to every right in the cluster who does not hold them as it is")
		return
	case len(paths) == 0:
		fmt.Fprintf(d.out, "%s comes to no rights but its own\n", kube.Printable(of.String()))
		return
	}
	for i, p := range paths {
		if i > 0 {
			fmt.Fprintln(d.out)
		}
		to := "every right in the cluster"
		if p.To != (rbac.Subject{}) {
			to = p.To.String()
		}
		fmt.Fprintf(d.out, "%s\n", kube.Printable(p.From.String()+" comes to "+to))
		for j, s := range p.Steps {
			fmt.Fprintf(d.out, "  %d. %s\n", j+1, kube.Printable(s.Does+": "+s.Becomes))
			for _, g := range s.Grants {
				fmt.Fprintf(d.out, "     %s\n", kube.Printable(g.Path()))
			}
			for _, ref := range s.By {
				fmt.Fprintf(d.out, "     %s\n", kube.Printable(ref.String()))
			}
		}
	}
}
