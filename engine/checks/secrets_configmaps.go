package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

var configMapKind = engine.ConfigMapKind

// Check configmaps-without-secrets.
//
// Fails for a ConfigMap in which the collector redacted a secret, or in which a
// key that says password, secret, token or key holds one line of text that is no
// switch. Passes for all others. Binary data is not searched for secrets; a
// redaction in it counts. Values are never repeated, only the marks of what was
// redacted.
func configMapsWithoutSecrets() check {
	return check{
		id: "configmaps-without-secrets", version: 1, needs: []engine.Kind{configMapKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, m := range engine.All[configMap](v, configMapKind) {
				details = append(details, judgeConfigMap(m.Value).of(m.Ref, m.Digest))
			}
			return details
		},
	}
}

// configMap is a ConfigMap as it is collected: a redacted value of binaryData is
// no base64 any more, so that corev1.ConfigMap could not hold it.
type configMap struct {
	corev1.ConfigMap
	BinaryData map[string]string `json:"binaryData"`
}

func judgeConfigMap(m *configMap) finding {
	var keys, marks []string
	field := ""
	for _, part := range []struct {
		name   string
		data   map[string]string
		byName bool
	}{{"data", m.Data, true}, {"binaryData", m.BinaryData, false}} {
		for key, value := range part.data {
			line := strings.TrimSpace(value)
			named := part.byName && !strings.Contains(line, "\n") && holdsSecret(key, line)
			if named || strings.Contains(value, redaction.Mark) {
				keys, marks = append(keys, part.name+"["+key+"]"), append(marks, redactions(value)...)
			}
		}
	}
	slices.Sort(keys)
	slices.Sort(marks)
	if len(keys) > 0 {
		field = keys[0]
		return fails(field, valueOf(marks), "It holds secrets in: %s", list(keys))
	}
	return passes("data", nil, "None of its %s holds what was known as a secret", count(len(m.Data)+len(m.BinaryData), "value"))
}
