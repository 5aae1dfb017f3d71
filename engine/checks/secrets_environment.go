package checks

import (
	"strings"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// Check secrets-not-in-environment.
//
// Judges every container, init and ephemeral ones included. Fails where an
// environment variable has a literal value that the collector redacted as a
// secret, or a name that says password, secret, token or key and a literal value
// that is not empty, not a switch such as "true", and not a mere reference to
// another variable; and where a redacted secret stands in the command or its
// arguments. Passes for all others; variables taken from Secrets by reference are
// counted in the sentence, because a process shows its environment to whoever can
// look at it. Values are never repeated, only the marks of what was redacted.
func secretsNotInEnvironment() check {
	return check{id: "secrets-not-in-environment", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, func(w workload, c container) finding {
			f := judgeEnvironment(c)
			if field := filledIn(c); w.flow != nil && f.verdict == engine.Pass && field != "" {
				f = unknown(field, nil, "Container %s is started with what a parameter of its workflow says, which is not known", c.Name)
			}
			return f
		})
	}}
}

func judgeEnvironment(c container) finding {
	var names, marks []string
	field := ""
	referenced := 0
	found := func(name, at, value string) {
		if field == "" {
			field = at
		}
		names, marks = append(names, name), append(marks, redactions(value)...)
	}
	for i, e := range c.Env {
		switch {
		case e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil:
			referenced++
		case e.ValueFrom == nil && holdsSecret(e.Name, e.Value):
			found(e.Name, c.at(index("env", i)+".value"), e.Value)
		}
	}
	for _, part := range []struct {
		name  string
		words []string
	}{{"command", c.Command}, {"args", c.Args}} {
		for i, word := range part.words {
			if strings.Contains(word, redaction.Mark) {
				found(index(part.name, i), c.at(index(part.name, i)), word)
			}
		}
	}
	if len(names) > 0 {
		return fails(field, valueOf(marks), "Container %s has secrets as literal text in: %s", c.Name, list(names))
	}
	return passes(c.at("env"), nil, "Container %s has no secret as literal text in its environment%s", c.Name, byReference(c, referenced))
}

func byReference(c container, variables int) string {
	whole := 0
	for _, from := range c.EnvFrom {
		if from.SecretRef != nil {
			whole++
		}
	}
	if variables == 0 && whole == 0 {
		return ""
	}
	return "; it takes " + count(variables, "variable") + " and " + count(whole, "whole Secret") + " into it by reference"
}

func valueOf(marks []string) any {
	if len(marks) == 0 {
		return nil
	}
	return marks
}

// filledIn is the field of a container's start that a parameter of a workflow decides, ""
// if there is none.
func filledIn(c container) string {
	for i, e := range c.Env {
		if strings.Contains(e.Value, "{{") {
			return c.at(index("env", i) + ".value")
		}
	}
	for i, word := range c.Command {
		if strings.Contains(word, "{{") {
			return c.at(index("command", i))
		}
	}
	for i, word := range c.Args {
		if strings.Contains(word, "{{") {
			return c.at(index("args", i))
		}
	}
	return ""
}
