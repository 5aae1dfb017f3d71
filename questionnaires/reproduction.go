package questionnaires

import (
	"strings"

	"tickmark/engine"
)

// Again is the one command that shows the evidence again: from the target itself where
// it lives and a subject is named, else from the vault.
func (e Evidence) Again(vault string, subject engine.Ref) string {
	if e.Result == nil || !strings.HasPrefix(e.Result.Target, "k8s:") || subject.Name == "" {
		return "tickmark evidence " + ShellQuoted(vault) + " show " + e.Label()
	}
	if command, is := reproduced(subject); is {
		return command
	}
	if of := subject.Of(); of.Group == engine.FactGroup || of == engine.AuditPolicyKind || of == engine.EncryptionConfigurationKind {
		return "tickmark evidence " + ShellQuoted(vault) + " show " + e.Label()
	}
	kind := strings.ToLower(subject.Kind)
	if subject.Group != "" {
		kind += "." + subject.Group
	}
	object, rest := ShellQuoted(kind)+" "+ShellQuoted(subject.Name), ""
	if subject.Namespace != "" {
		rest = " -n " + ShellQuoted(subject.Namespace)
	}
	rest += " -o yaml"
	if strings.HasPrefix(kind, "-") || strings.HasPrefix(subject.Name, "-") { // whoever chose them chooses no flag
		return "kubectl get" + rest + " -- " + object
	}
	return "kubectl get " + object + rest
}

// reproduced is the command for a subject that is no object of the cluster's API: whom
// bindings name, and what programs say of themselves.
func reproduced(subject engine.Ref) (command string, is bool) {
	switch of := subject.Of(); {
	case of.Group == "rbac.authorization.k8s.io" && (of.Kind == "User" || of.Kind == "Group"):
		return "kubectl get clusterrolebindings,rolebindings -A -o wide", true
	case of == engine.Kind{Kind: "ServiceAccount"} && subject.UID == "": // it may be named by bindings alone, and not be there
		return "kubectl get clusterrolebindings,rolebindings -A -o wide", true
	case of == engine.ServerVersionKind:
		return "kubectl get --raw /version", true
	case of == engine.KubeletConfigurationKind:
		return "kubectl get --raw " + ShellQuoted("/api/v1/nodes/"+subject.Name+"/proxy/configz"), true
	}
	return "", false
}

// ShellQuoted is an argument as a shell reads it back.
func ShellQuoted(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !safe(r) }) && s[0] != '-' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
