package checks

import (
	"strings"

	"tickmark/engine"
)

// Check secrets-encrypted-at-rest.
//
// Judges every API server that runs as a pod. Passes where it is given a
// configuration for encryption (--encryption-provider-config): which providers,
// resources and keys its file names is not seen, and the first provider may be the
// one that encrypts nothing. Fails where it is given none, so that Secrets lie in
// etcd as they are. Unknown where the value is a variable, and where no API server
// runs as a pod that can be seen: its provider runs it, and the evidence is there.
// NotApplicable to a target in which nothing runs.
func secretsEncryptedAtRest() check {
	return check{id: "secrets-encrypted-at-rest", version: 1, needs: workloadKinds(), eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		all := workloads(v)
		for _, w := range all {
			for _, c := range w.containers() {
				if words, is := apiServerArguments(c); is {
					d := judgeEncryption(c, words).of(w.object.Ref, w.object.Digest)
					d.Container = c.Name
					details = append(details, d)
				}
			}
		}
		if len(details) == 0 && len(all) > 0 {
			details = append(details, unknown("", nil, "No API server runs as a pod that was seen: whoever runs it has to show how it stores Secrets").
				of(engine.Ref{Kind: podKind.Kind}, all[0].object.Digest))
		}
		return details
	}}
}

const apiServer = "kube-apiserver"

// apiServerArguments returns the words with which a container starts an API
// server, and whether it does.
func apiServerArguments(c container) ([]string, bool) {
	words := append(append([]string{}, c.Command...), c.Args...)
	for i, word := range words {
		program := word[strings.LastIndexByte(word, '/')+1:]
		if program == apiServer || program == "hyperkube" {
			return words[i+1:], true
		}
		if strings.ContainsAny(word, " \n") && strings.Contains(word, apiServer+" ") {
			_, line, _ := strings.Cut(word, apiServer+" ")
			return strings.Fields(line), true
		}
	}
	return nil, false
}

func judgeEncryption(c container, words []string) finding {
	const flag = "--encryption-provider-config"
	value, found := "", false
	for i, word := range words {
		for _, name := range []string{flag, "--experimental-encryption-provider-config"} {
			if given, is := strings.CutPrefix(word, name+"="); is {
				value, found = given, true
			} else if word == name && i+1 < len(words) {
				value, found = words[i+1], true
			}
		}
	}
	value = strings.Trim(value, `"'`)
	field := c.at("command")
	switch {
	case !found || value == "":
		return fails(field, nil, "The API server is given no configuration for encryption (%s): Secrets lie in etcd as they are", flag)
	case strings.Contains(value, "$"):
		return unknown(field, value, "The API server is given a configuration for encryption that a variable names: %s", value)
	}
	return passes(field, value, "The API server is given a configuration for encryption, %s; which providers and keys it names is not seen", value)
}
