//! Nodes as Go prints them in errors (`String()` in `text/template/parse/node.go`).

use gostd::{Str, strconv};

use super::{Arg, ArgKind, Branch, Call, Command, Node, NodeRef, Pipe, Tree};

impl Tree {
    /// Returns the text of a node.
    pub fn text_of(&self, node: NodeRef<'_>) -> String {
        let mut writer = Writer { source: &self.source.text, out: Vec::new() };
        match node {
            NodeRef::Node(node) => writer.node(node),
            NodeRef::Pipe(pipe) => writer.pipe(pipe),
            NodeRef::Command(command) => writer.command(command),
            NodeRef::Arg(arg) => writer.arg(arg),
        }
        String::from_utf8_lossy(&writer.out).into_owned()
    }
}

struct Writer<'a> {
    source: &'a [u8],
    out: Vec<u8>,
}

impl Writer<'_> {
    fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    fn list(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(start, end) => self.out.extend_from_slice(&self.source[*start..*end]),
            Node::Action(action) => {
                self.put(b"{{");
                self.pipe(&action.pipe);
                self.put(b"}}");
            }
            Node::If(branch) => self.branch("if", branch),
            Node::With(branch) => self.branch("with", branch),
            Node::Range(branch) => self.branch("range", branch),
            Node::Template(call) => self.call(call),
            Node::Break => self.put(b"{{break}}"),
            Node::Continue => self.put(b"{{continue}}"),
        }
    }

    fn branch(&mut self, word: &str, branch: &Branch) {
        self.put(format!("{{{{{word} ").as_bytes());
        self.pipe(&branch.pipe);
        self.put(b"}}");
        self.list(&branch.list);
        if let Some(list) = &branch.else_list {
            self.put(b"{{else}}");
            self.list(list);
        }
        self.put(b"{{end}}");
    }

    fn call(&mut self, call: &Call) {
        self.put(b"{{template ");
        self.put(&strconv::quote(&call.name));
        if let Some(pipe) = &call.pipe {
            self.put(b" ");
            self.pipe(pipe);
        }
        self.put(b"}}");
    }

    fn pipe(&mut self, pipe: &Pipe) {
        for (at, decl) in pipe.decl.iter().enumerate() {
            self.put(if at > 0 { b", " } else { b"" });
            self.put(&decl.name);
        }
        if !pipe.decl.is_empty() {
            self.put(if pipe.assign { b" = " } else { b" := " });
        }
        for (at, command) in pipe.commands.iter().enumerate() {
            self.put(if at > 0 { b" | " } else { b"" });
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        for (at, arg) in command.args.iter().enumerate() {
            self.put(if at > 0 { b" " } else { b"" });
            self.parenthesized(arg);
        }
    }

    fn parenthesized(&mut self, arg: &Arg) {
        match &arg.kind {
            ArgKind::Pipe(pipe) => {
                self.put(b"(");
                self.pipe(pipe);
                self.put(b")");
            }
            _ => self.arg(arg),
        }
    }

    fn arg(&mut self, arg: &Arg) {
        match &arg.kind {
            ArgKind::Dot => self.put(b"."),
            ArgKind::Nil => self.put(b"nil"),
            ArgKind::Bool(value) => self.put(if *value { b"true" } else { b"false" }),
            ArgKind::Number(number) => self.put(number.text.as_bytes()),
            ArgKind::Str(_, start, end) => self.out.extend_from_slice(&self.source[*start..*end]),
            ArgKind::Field(names) => self.fields(names),
            ArgKind::Variable(variable) => {
                self.put(&variable.name);
                self.fields(&variable.fields);
            }
            ArgKind::Function(function) => self.put(function.name().as_bytes()),
            ArgKind::Pipe(pipe) => self.pipe(pipe),
            ArgKind::Chain(inner, names) => {
                self.parenthesized(inner);
                self.fields(names);
            }
        }
    }

    fn fields(&mut self, names: &[Str]) {
        for name in names {
            self.put(b".");
            self.put(name);
        }
    }
}
