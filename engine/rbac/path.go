package rbac

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// Step is one step of a path: what is done, by which grants, and who one is then.
type Step struct {
	Technique string       // one of a closed list, e.g. "bind"
	Does      string       // as a sentence without its subject
	Grants    []Grant      // what allows it
	By        []engine.Ref // what else it rests on, e.g. the pod that is entered
	Becomes   string
}

// Path is a way by which a subject comes to rights that nobody granted to it.
type Path struct {
	From  Subject
	Steps []Step
	// To is whom it ends at; zero where it ends at every right in the cluster.
	To Subject
}

// String returns "runs a pod (pods) with an account of its choice, as ServiceAccount
// ci/bot, binds cluster-admin to itself: every right in the cluster".
func (p Path) String() string {
	var text strings.Builder
	for i, s := range p.Steps {
		if i > 0 {
			text.WriteString(", as " + p.Steps[i-1].Becomes + " ")
		}
		text.WriteString(s.Does)
	}
	if len(p.Steps) > 0 {
		text.WriteString(": " + p.Steps[len(p.Steps)-1].Becomes)
	}
	return text.String()
}

// Cites returns what a path rests on.
func (p Path) Cites() []engine.Digest {
	var cites []engine.Digest
	add := func(d engine.Digest) {
		if !d.IsZero() && !slices.Contains(cites, d) {
			cites = append(cites, d)
		}
	}
	for _, s := range p.Steps {
		for _, g := range s.Grants {
			add(g.Binding.Digest)
			if g.Binding.Role != nil {
				add(g.Binding.Role.Digest)
			}
		}
	}
	return cites
}

// search finds the shortest path from every place to every right, backwards: a way
// without a technique costs nothing.
func (e *Escalations) search() {
	into := make([][]int, len(e.places))
	for i, w := range e.ways {
		into[w.to] = append(into[w.to], i)
	}
	e.next, e.steps = make([]int, len(e.places)), make([]int, len(e.places))
	for i := range e.places {
		e.next[i], e.steps[i] = -1, -1
	}
	goal := e.at(place{kind: everything})
	e.steps[goal] = 0
	// Layer by layer: here are the places of this many steps, then those of one more.
	for here, count := []int{goal}, 0; len(here) > 0; count++ {
		var further []int
		for len(here) > 0 {
			at := here[0]
			here = here[1:]
			if e.steps[at] != count {
				continue
			}
			for _, i := range into[at] {
				cost := count
				if e.ways[i].technique != "" {
					cost++
				}
				from := e.ways[i].from
				if e.steps[from] >= 0 && e.steps[from] <= cost {
					continue
				}
				e.steps[from], e.next[from] = cost, i
				if cost == count {
					here = append(here, from)
				} else {
					further = append(further, from)
				}
			}
		}
		here = further
	}
}

// start returns the place of a subject; of one that no binding names, that of a group
// which it is in by itself.
func (e *Escalations) start(s Subject) (int, bool) {
	for _, name := range append([]Subject{canonical(s)}, Implied(s)...) {
		if i, known := e.index[place{kind: aSubject, subject: name}]; known {
			return i, true
		}
	}
	return 0, false
}

// Admin reports whether a subject holds every right as it is.
func (e *Escalations) Admin(s Subject) bool {
	i, known := e.start(s)
	return s == Masters || known && e.steps[i] == 0
}

// ToEverything returns the shortest path of a subject to every right in the cluster;
// for one that holds them as it is there is none.
func (e *Escalations) ToEverything(s Subject) (Path, bool) {
	i, known := e.start(s)
	if !known || e.steps[i] <= 0 {
		return Path{}, false
	}
	var ways []int
	for at := i; e.next[at] >= 0; at = e.ways[e.next[at]].to {
		ways = append(ways, e.next[at])
	}
	return e.path(s, ways), true
}

// path makes steps of ways: what costs nothing belongs to the step before it.
func (e *Escalations) path(from Subject, ways []int) Path {
	p := Path{From: from}
	for _, i := range ways {
		w := e.ways[i]
		if w.technique != "" {
			p.Steps = append(p.Steps, Step{Technique: w.technique, Does: w.does, Grants: w.grants})
		}
		if len(p.Steps) == 0 {
			continue
		}
		last := &p.Steps[len(p.Steps)-1]
		last.By = append(last.By, w.by...)
		// Who holds every right is named, and not only that he does.
		if to := e.places[w.to]; w.technique != "" || to.kind != everything || !e.places[w.from].isOne() {
			last.Becomes = to.String()
		}
		if to := e.places[w.to]; to.isOne() {
			p.To = to.subject
		} else if to.kind == everything {
			p.To = Subject{}
		}
	}
	return p
}

// From returns the shortest path of a subject to every right and to every other
// subject that a binding grants something and that it can become, nearest first.
func (e *Escalations) From(s Subject) []Path {
	start, known := e.start(s)
	if !known || e.steps[start] == 0 {
		return nil
	}
	by := map[int]int{start: -1} // of each place, the way to it
	var found []int
	for here := []int{start}; len(here) > 0; {
		var further []int
		for len(here) > 0 {
			at := here[0]
			here = here[1:]
			if at != start && (e.places[at].isOne() || e.places[at].kind == everything) {
				found = append(found, at)
			}
			for _, i := range e.out[at] {
				to := e.ways[i].to
				if _, met := by[to]; met {
					continue
				}
				by[to] = i
				if e.ways[i].technique == "" {
					here = append(here, to)
				} else {
					further = append(further, to)
				}
			}
		}
		here = further
	}
	var paths []Path
	for _, at := range found {
		if to := e.places[at]; to.isOne() && len(e.rights.direct(to.subject)) == 0 {
			continue
		}
		var ways []int
		for i := by[at]; i >= 0; i = by[e.ways[i].from] {
			ways = append(ways, i)
		}
		slices.Reverse(ways)
		paths = append(paths, e.path(s, ways))
	}
	return paths
}

// direct returns the bindings that name a subject, by whichever of its names.
func (r *Rights) direct(s Subject) []int {
	at := r.bySubject[s]
	if s.Kind == accountKind.Kind {
		at = append(at[:len(at):len(at)], r.bySubject[Subject{Kind: "User", Name: UserName(s)}]...)
	}
	return at
}

// Subjects returns the subjects that a binding names, and those whom AWS lets in by
// aws-auth, each once and in order.
func (e *Escalations) Subjects() []Subject {
	var all []Subject
	for _, s := range e.rights.Subjects() {
		all = append(all, canonical(s))
	}
	if e.aws != nil {
		for _, m := range e.aws.Mapped {
			all = append(all, canonical(m.Subject))
		}
	}
	slices.SortFunc(all, Subject.Compare)
	return slices.Compact(all)
}

// GrantedByKubernetes reports whether a subject has its rights from bindings that
// Kubernetes itself creates, and from no other.
func (e *Escalations) GrantedByKubernetes(s Subject) bool {
	at := e.rights.direct(s)
	return len(at) > 0 && !slices.ContainsFunc(at, func(i int) bool { return !e.rights.bindings[i].BuiltIn })
}

// ImpersonatesWithin reports whether a subject may act as others within limits. No way is
// followed along these.
func (e *Escalations) ImpersonatesWithin(s Subject) bool {
	return slices.ContainsFunc(e.Bindings(s), func(b *Binding) bool { return slices.ContainsFunc(b.rules, ImpersonatesWithin) })
}

// ImpersonatesWithin reports whether a rule lets one act as others for some requests alone,
// by a verb that names how, as Kubernetes has it from 1.36 on.
func ImpersonatesWithin(rule rbacv1.PolicyRule) bool {
	how := slices.ContainsFunc(rule.Verbs, func(verb string) bool { return verb == "*" || strings.HasPrefix(verb, "impersonate:") })
	return how && holds(rule.APIGroups, "authentication.k8s.io") &&
		slices.ContainsFunc([]string{"users", "groups", "serviceaccounts", "nodes"}, func(r string) bool { return holds(rule.Resources, r) })
}

// ReadsSecrets reports whether a subject may read Secrets, some or all.
func (e *Escalations) ReadsSecrets(s Subject) bool {
	for _, b := range e.rights.Of(s) {
		for _, g := range e.abilities(b.rules) {
			if g.ability == readSecrets {
				return true
			}
		}
	}
	return false
}
