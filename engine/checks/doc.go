// Package checks holds the built-in checks: questions to the evidence of a
// Kubernetes cluster or of manifests, each answered with its proof.
//
// A check is one file that opens with its specification, one pure function, and
// one YAML of words (folder words) that says to people what holds where it
// passes, why it matters, what is looked at, and how it is put right. Which
// requirement a check informs is not known here: that mapping is the catalogue's.
//
// # What is judged
//
// Every subject gets a detail, passing ones too, with the field and value it
// rests on and the digests of the documents that prove it. A missing kind or a
// gap is not judged here: engine.Evaluate makes the result Unknown.
//
// # Workloads
//
// Pods and everything that makes pods are judged by the same function. What a
// controller made is not repeated beside its controller: a Pod or ReplicaSet
// whose owner is in the same snapshot is left out, except for what is worse in it
// than in the topmost owner, as when an admission webhook put a container in, or
// somebody changed the running pod. A ReplicaSet scaled to none under an owner
// that is there is history and runs nothing.
//
// Kinds of others that hold a template of pods in one place (Argo's Rollout,
// OpenShift's DeploymentConfig, Knative's Service, Kruise's sets) and Kubernetes'
// own PodTemplate are judged by that template. A Rollout that uses the template of
// another workload is judged there. The templates of Argo's workflows are put together
// as their controller does it, as far as the workflow and the controller's ConfigMap
// leave no doubt; nothing but their containers is found in order by them.
//
// Fields that are left out mean what Kubernetes makes of them: defaults are
// applied as the API server applies them, and a container's security context
// stands before its pod's.
package checks
