package checks

import (
	"bytes"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// Checks objects-without-secrets and objects-without-card-numbers.
//
// Both look for what the collector redacted, in workloads, Services, Ingresses,
// service accounts, namespaces and nodes; the second in ConfigMaps too. The first
// fails for an object with a secret in an annotation, a label or any other field
// but a container's environment, command and arguments, which
// secrets-not-in-environment judges. The second fails for an object with a card
// number anywhere. Values of Secrets are redacted whatever they hold: a card number
// in one is not found. Pass for all others.

func objectsWithoutSecrets() check {
	return check{id: "objects-without-secrets", version: 1, needs: strayKinds(), apart: eachObject, eval: func(v *engine.View) []engine.Detail {
		return perObject(v, eachObject, strayKinds(), "secret", func(m mark) bool { return m.kind != redaction.CardNumber && !m.inProcess() })
	}}
}

func objectsWithoutCardNumbers() check {
	kinds := append(strayKinds(), configMapKind)
	return check{id: "objects-without-card-numbers", version: 1, needs: kinds, apart: eachObjectOrMap, eval: func(v *engine.View) []engine.Detail {
		return perObject(v, eachObjectOrMap, kinds, "card number", func(m mark) bool { return m.kind == redaction.CardNumber })
	}}
}

func strayKinds() []engine.Kind { return append(workloadKinds(), plainKinds()...) }

// plainKinds are the kinds that are searched and are no workloads.
func plainKinds() []engine.Kind {
	return []engine.Kind{serviceKind, ingressKind, serviceAccountKind, namespaceKind, nodeKind}
}

// The objects that are searched, as they are judged one by one.
var (
	eachObject      = eachWorkload.AndEveryObject(append(plainKinds(), engine.PodTemplateKinds()...)...)
	eachObjectOrMap = eachObject.AndEveryObject(configMapKind)
)

// perObject judges every object of these kinds by the marks of redaction that count.
func perObject(v *engine.View, each *engine.Subjects, kinds []engine.Kind, noun string, counts func(mark) bool) []engine.Detail {
	details := judgeWorkloads(v, func(w workload, say say) {
		if !engine.HoldsPodTemplate(w.object.Ref.Of()) { // of those an object may be several workloads, or none
			say(judgeMarks(v, w.object, noun, counts))
		}
	})
	for _, kind := range slices.Concat(kinds, engine.PodTemplateKinds()) {
		if slices.Contains(workloadKinds(), kind) {
			continue
		}
		for _, o := range each.Objects(v, kind) {
			details = append(details, judgeMarks(v, o, noun, counts))
		}
	}
	return details
}

func judgeMarks(v *engine.View, o *engine.Object, noun string, counts func(mark) bool) engine.Detail {
	var fields, kinds []string
	for _, m := range marksOf(v, o) {
		if counts(m) {
			fields, kinds = append(fields, m.field), append(kinds, redaction.Mark+m.kind+"]")
		}
	}
	if len(fields) == 0 {
		return passes("", nil, "No %s was found in it", noun).on(o)
	}
	return fails(fields[0], kinds, "It holds a %s in: %s", noun, list(fields)).on(o)
}

// mark is a place of a document at which something was redacted.
type mark struct{ field, kind string }

// startedWith are the fields of a container that secrets-not-in-environment reads. The
// command of a probe or a hook is none of them, nor a key that looks like one.
var startedWith = engine.Late(`^(?:spec\.(?:(?:jobTemplate\.spec\.)?template\.spec\.)?(?:c|initC|ephemeralC)ontainers\[\d+\]|` +
	`spec\.(?:workflowSpec\.)?templates\[\d+\]\.(?:container|script|(?:containerSet\.containers|sidecars|initContainers)\[\d+\]))\.(?:env\[\d+\]\.value|command\[\d+\]|args\[\d+\])$`)

// inProcess reports whether a mark stands in what a container is started with.
func (m mark) inProcess() bool { return startedWith().MatchString(m.field) }

type marksKey struct{}

// marksOf returns the marks of an object, which both checks ask for.
func marksOf(v *engine.View, o *engine.Object) []mark {
	known := engine.Memo(v, marksKey{}, func() map[engine.Digest][]mark { return map[engine.Digest][]mark{} })
	marks, is := known[o.Digest]
	if !is {
		if marks = marksIn(v.BodyOf(o)); len(marks) > 0 { // which few have
			known[o.Digest] = marks
		}
	}
	return marks
}

// marksIn returns the marks of a document in the order of its fields.
func marksIn(body []byte) []mark {
	if !bytes.Contains(body, []byte(redaction.Mark)) {
		return nil
	}
	var found []mark
	// That a document cannot be read the engine says.
	_ = engine.EachText(body, redaction.Mark, func(to []engine.Step, text string) {
		field := ""
		for _, step := range to {
			if step.OfList {
				field = index(field, step.Place)
			} else {
				field = join(field, step.Name)
			}
		}
		for _, text := range redactions(text) {
			found = append(found, mark{field, strings.TrimSuffix(strings.TrimPrefix(text, redaction.Mark), "]")})
		}
	})
	return found
}

// join writes the path of a member; a key that is no name of a field stands in brackets.
func join(field, key string) string {
	switch {
	case strings.ContainsAny(key, "./"):
		return field + "[" + key + "]"
	case field == "":
		return key
	}
	return field + "." + key
}
