package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/rbac"
)

func (d *door) rbacVerb() *cobra.Command {
	verb := &cobra.Command{
		Use: "rbac", Short: "Who can do what, as roles and bindings say",
		Long: `Reads roles and bindings and says who may do what in a cluster, as its API server would
decide by them, each with its proof: the binding, the role and the rule. Other authorizers
(webhooks, a cloud's own rights) and whom the authenticator puts into a group need other
evidence. What could not be seen is named, and ends with 3.`,
	}
	verb.AddCommand(d.whoCanVerb(), d.rbacPathsVerb())
	return verb
}

// permissions is what the verbs of rbac say: the rights of each target.
type permissions struct {
	*gathered
	views  []*engine.View
	rights []*rbac.Rights
}

// permissionsOf collects what a verb of rbac names; more are the kinds that it reads
// beside the roles and their bindings.
func (d *door) permissionsOf(ctx context.Context, verb string, s source, paths []string, more ...engine.Kind) (*permissions, error) {
	g, err := d.gatherNamed(ctx, verb, s, slices.Concat(rbac.Kinds(), []engine.Kind{rbac.ProviderKind}, more), paths)
	if err != nil {
		return nil, err
	}
	all := &permissions{gathered: g}
	for i := range g.snapshots {
		view := engine.NewView(&g.snapshots[i], g.Document, engine.Params{Now: d.now()})
		all.views, all.rights = append(all.views, view), append(all.rights, rbac.Of(view))
	}
	return all, nil
}

// gaps returns what could not be seen of some kinds, and what the roles leave open.
func (p *permissions) gaps(kinds []engine.Kind) []engine.Gap {
	all := slices.DeleteFunc(p.gathered.gaps(), func(g engine.Gap) bool {
		return g.Reason == engine.NotInstalled || !slices.ContainsFunc(kinds, g.Hides)
	})
	for i, r := range p.rights {
		all = append(all, r.Gaps()...)
		for _, k := range kinds {
			all = append(all, p.views[i].Unreadable(k)...)
		}
	}
	return all
}

// showPermissions prints what a verb of rbac says, as JSON what form makes of each target, and
// then, apart from it, what is not known.
func (d *door) showPermissions(p *permissions, kinds []engine.Kind, format string, form func(i int) any, show func(i int)) error {
	return d.showAnalysed(p.gathered, gapForms(p.gaps(kinds)), format, form, show)
}

func (d *door) whoCanVerb() *cobra.Command {
	var s source
	var format, namespace, name string
	verb := &cobra.Command{
		Use: "who-can VERB RESOURCE[.GROUP][/SUB] [NAME] PATH... | --context C", Short: "Who may make a request, and by which binding, role and rule", Args: cobra.MinimumNArgs(2),
		Long: `Lists whom the roles allow a request, each with its path: the binding, the role and the
rule. RESOURCE is written as in roles (pods, deployments.apps, pods/exec; the group of a
built-in resource may be left out, and "deployments." means the core group) or is a path
of the API server that is no resource (/metrics). Without -n the request is about the
whole cluster, and who may make it in single namespaces is listed apart; so are those who
may make it for objects that their rule names. With NAME, or --name where a file has the
same name, it is about that object: for list and watch, a list by that name alone.

The group system:masters is let through before any role is asked. Who may use OpenShift's
SecurityContextConstraints is said by these too, in their users and groups. Of a group, the bound
users and service accounts are named that are in it by themselves.`,
		Example: "  tickmark rbac who-can get secrets -n payments manifests/\n  tickmark rbac who-can create pods/exec --context prod -o json\n  tickmark rbac who-can get /metrics --context prod",
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := askedOf(args[0], args[1], namespace)
			if err != nil {
				return err
			}
			q.Name, args = nameAmong(name, args[2:], len(s.contexts) > 0 || s.kubeconfig != "")
			if q.URL != "" && q.Name != "" {
				return usagef("rbac who-can %s %s: a path that is no resource has no objects, so that %q names none", q.Verb, q.URL, q.Name)
			}
			p, err := d.permissionsOf(cmd.Context(), "rbac who-can", s, args, q.Reads()...)
			if err != nil {
				return err
			}
			return d.showPermissions(p, append(rbac.Kinds(), q.Reads()...), format,
				func(i int) any { return holdersForm(p.snapshots[i].Target, p.rights[i], q) },
				func(i int) { d.printHolders(p.rights[i], q) })
		},
	}
	s.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVarP(&namespace, "namespace", "n", "", "`NAMESPACE` of the request (default: the whole cluster)")
	verb.Flags().StringVar(&name, "name", "", "`NAME` of the object")
	return verb
}

// askedOf reads the request that a person means.
func askedOf(verb, resource, namespace string) (rbac.Request, error) {
	q := rbac.Request{Verb: verb, Namespace: namespace}
	switch {
	case verb == "" || resource == "":
		return q, usagef("rbac who-can %q %q: a verb and a resource are needed", verb, resource)
	case strings.HasPrefix(resource, "/") && namespace != "":
		return q, usagef("rbac who-can %s %s: a path that is no resource is in no namespace, so that -n has nothing to say", verb, resource)
	case strings.HasPrefix(resource, "/"):
		q.URL = resource
		return q, nil
	}
	named, sub, _ := strings.Cut(resource, "/")
	name, group, grouped := strings.Cut(named, ".")
	q.Resource, q.Group, q.Subresource = name, group, sub
	if !grouped {
		q.Group = rbac.GroupOf(name)
	}
	return q, nil
}

// nameAmong tells the name of an object from the paths after it: it is the first
// argument that is no file, if something to read is named beside it.
func nameAmong(flag string, args []string, elsewhere bool) (name string, paths []string) {
	if flag != "" || len(args) == 0 || len(args) == 1 && !elsewhere {
		return flag, args
	}
	if _, err := os.Stat(args[0]); err == nil || strings.ContainsAny(args[0], `/\`) {
		return "", args
	}
	return args[0], args[1:]
}

// subjectForm is a subject as JSON shows it, with the bound ones that are in it where
// it is a group.
type subjectForm struct {
	Kind      string        `json:"kind"`
	Namespace string        `json:"namespace"`
	Name      string        `json:"name"`
	Members   []subjectForm `json:"members,omitempty"`
}

func subjectFormOf(s rbac.Subject) subjectForm {
	return subjectForm{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
}

// grantForm is the path of a grant as JSON shows it.
type grantForm struct {
	Subject    subjectForm   `json:"subject"`
	Everywhere bool          `json:"everywhere"`
	Binding    engine.Ref    `json:"binding"`
	Cites      engine.Digest `json:"cites"`
	Role       engine.Ref    `json:"role"`
	Rule       int           `json:"rule"` // from 1
	Allows     string        `json:"allows"`
	Names      []string      `json:"names,omitempty"`
}

func grantForms(grants []rbac.Grant) []grantForm {
	forms := []grantForm{}
	for _, g := range grants {
		forms = append(forms, grantForm{
			Subject: subjectFormOf(g.Subject), Everywhere: g.Everywhere(), Binding: g.Binding.Ref, Cites: g.Binding.Digest, Role: g.Binding.RoleRef,
			Rule: g.Rule + 1, Allows: rbac.RuleText(g.Binding.Rules()[g.Rule]), Names: g.Names,
		})
	}
	return forms
}

func holdersForm(target engine.Target, rights *rbac.Rights, q rbac.Request) any {
	form := struct {
		Target   string        `json:"target"`
		Subjects []subjectForm `json:"subjects"`
		Grants   []grantForm   `json:"grants"`
		Limited  []grantForm   `json:"limited"`
		Within   []grantForm   `json:"within"`
	}{Target: target.ID}
	holders := rights.WhoCan(q)
	for _, s := range withMasters(holders.Grants) {
		subject := subjectFormOf(s)
		for _, m := range rights.MembersOf(s) {
			subject.Members = append(subject.Members, subjectFormOf(m))
		}
		form.Subjects = append(form.Subjects, subject)
	}
	form.Grants, form.Limited, form.Within = grantForms(holders.Grants), grantForms(holders.Limited), grantForms(holders.Within)
	return form
}

// withMasters returns the subjects of grants and the group that needs none.
func withMasters(grants []rbac.Grant) []rbac.Subject {
	subjects := append(rbac.SubjectsOf(grants), rbac.Masters)
	slices.SortFunc(subjects, rbac.Subject.Compare)
	return slices.Compact(subjects)
}

func (d *door) printHolders(rights *rbac.Rights, q rbac.Request) {
	holders := rights.WhoCan(q)
	fmt.Fprintf(d.out, "%s %s\n", plural(len(withMasters(holders.Grants)), "subject"), kube.Printable("may "+q.String()))
	fmt.Fprintf(d.out, "  %s: the API server asks no role about it\n", rbac.Masters)
	d.printGrants(rights, holders.Grants)
	for _, part := range []struct {
		title  string
		grants []rbac.Grant
	}{{"Only for objects that the rule names", holders.Limited}, {"Only in one namespace", holders.Within}} {
		if len(part.grants) > 0 {
			fmt.Fprintf(d.out, "\n%s\n", part.title)
			d.printGrants(rights, part.grants)
		}
	}
}

func (d *door) printGrants(rights *rbac.Rights, grants []rbac.Grant) {
	grants = slices.Clone(grants)
	slices.SortStableFunc(grants, func(a, b rbac.Grant) int { return a.Subject.Compare(b.Subject) })
	for i, g := range grants {
		if i == 0 || grants[i-1].Subject != g.Subject {
			members := ""
			if of := rights.MembersOf(g.Subject); len(of) > 0 {
				names := make([]string, len(of))
				for j, m := range of {
					names[j] = m.String()
				}
				const most = 8
				members = ": " + strings.Join(names[:min(most, len(names))], ", ")
				if len(names) > most {
					members += fmt.Sprintf(" and %d more", len(names)-most)
				}
			}
			fmt.Fprintf(d.out, "  %s\n", kube.Printable(g.Subject.String()+members))
		}
		fmt.Fprintf(d.out, "    %s\n", kube.Printable(g.Path()))
	}
}
