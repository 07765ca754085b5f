/// The columns of a roster under the names that offices give them.
extension RosterRow {
  enum Columns {
    static let serial = Column("序号", "编号", "序", "no", "no.", "serial", "id")
    static let name = Column(
      "姓名", "老人姓名", "老年人姓名", "对象姓名", "服务对象姓名", "人员姓名", "助餐对象", "助餐对象姓名", "就餐人姓名", "就餐人",
      "老人", "服务对象", "名字", "长者姓名", "就餐老人姓名", "就餐老人", "name", required: true)
    static let formerNames = Column("曾用名", "原名", "原姓名", "更名前姓名", "former_name")
    static let sex = Column("性别", "男女", "sex", "gender")
    static let documentKind = Column("证件类型", "证件类别", "证件种类", "证件名称", "document", "id_kind")
    static let idNumber = Column(
      "身份证号", "身份证号码", "公民身份号码", "公民身份证号", "公民身份证号码", "居民身份证号", "居民身份证号码", "身份证", "身份号码",
      "证件号码", "证件号", "有效证件号码", "身份证件号码", "身份证件号", "老人身份证号", "老人身份证号码", "本人身份证号",
      "本人身份证号码", "身份证编号", "id_number", required: true)
    static let birthDate = Column("出生日期", "出生年月日", "出生年月", "生日", "birth_date")
    static let phone = Column(
      "联系电话", "电话", "手机号", "手机号码", "手机", "本人电话", "联系方式", "电话号码", "联系手机", "本人联系电话",
      "本人手机号", "老人电话", "老人联系电话", "联系电话本人", "电话本人", "手机号本人", "固定电话", "座机", "座机号码", "移动电话", "phone",
      mayRepeat: true)
    static let hukou = Column(
      "户籍地", "户籍所在地", "户口所在地", "户籍", "户籍地址", "户口地址", "户籍区县", "户籍地区", "hukou")
    static let community = Column(
      "居住社区", "社区", "所在社区", "所属社区", "村社区", "社区村", "村居", "所属村社区", "居委会", "社区居委会", "所在村社区",
      "所属居委会", "社区名称", "居住村社区", "现住社区",
      "community")
    static let group = Column("居民小组", "小组", "组别", "村民小组", "组", "社", "所属小组", "group")
    static let grid = Column("网格", "所属网格", "网格号", "网格名称", "网格编号", "所在网格", "grid")
    static let address = Column(
      "现住址", "居住地址", "家庭住址", "住址", "地址", "现居住地", "现居住地址", "居住地", "详细地址", "家庭地址", "现住地址",
      "常住地址", "address")
    static let residenceSince = Column(
      "常住起始", "常住起始日期", "居住起始", "居住起始日期", "入住社区日期", "来本地居住时间", "居住开始日期",
      "residence_since")
    static let residencePermit = Column(
      "居住证", "有无居住证", "是否有居住证", "是否持有居住证", "居住证号", "居住证号码", "residence_permit")
    static let categories = Column(
      "人员类别", "类别", "补贴类别", "对象类别", "人员类型", "对象类型", "老人类别", "老人类型", "服务对象类别", "助餐类别",
      "身份类别", "困难类型", "困难类别", "category", "categories")
    static let categoryStart = Column(
      "类别起始", "类别起始日期", "资格起始", "起始日期", "资格起始日期", "享受起始日期", "享受起始时间", "开始日期", "生效日期",
      "认定日期", "认定时间", "批准日期", "享受时间", "category_from")
    static let categoryEnd = Column(
      "类别截止", "类别截止日期", "资格截止", "截止日期", "资格截止日期", "享受截止日期", "结束日期", "终止日期", "到期日期",
      "有效期至", "复审日期", "失效日期", "失效时间", "category_to")
    static let categoryTerm = Column(
      "类别期限", "享受期限", "享受期间", "资格期限", "补贴期限", "起止日期", "起止时间", "category_term")
    static let validity = Column("有效期", "有效期限")
    static let careLevel = Column(
      "照护等级", "失能等级", "护理等级", "自理能力", "失能程度", "能力等级", "能力评估等级", "care_level")
    static let disabilityGrade = Column("残疾等级", "残疾级别", "伤残等级", "disability_grade")
    static let evidence = Column("证明材料", "认定依据", "证明文件", "evidence")
    static let diets = Column(
      "饮食禁忌", "忌口", "饮食要求", "饮食习惯", "饮食偏好", "过敏", "过敏史", "过敏食物", "禁忌", "diets", "diet")
    static let contactName = Column(
      "紧急联系人", "联系人", "家属姓名", "紧急联系人姓名", "联系人姓名", "监护人", "监护人姓名", "子女姓名", "亲属姓名", "家属",
      "姓名家属", "contact_name")
    static let contactPhone = Column(
      "紧急联系电话", "紧急联系人电话", "家属电话", "紧急联系人联系电话", "紧急联系人手机", "紧急联系人手机号", "紧急联系人联系方式",
      "紧急联系方式", "联系人电话", "联系人联系电话", "联系人手机", "联系人联系方式", "监护人电话", "监护人联系电话", "子女电话",
      "子女联系电话", "家属联系电话", "亲属电话", "联系电话家属", "联系电话紧急", "联系电话子女", "电话家属", "电话子女",
      "手机号家属", "contact_phone")
    static let card = Column(
      "卡号", "餐卡号", "就餐卡号", "餐卡", "就餐卡", "敬老卡号", "助餐卡号", "助餐卡", "卡编号", "一卡通号", "ic卡号", "card")
    static let status = Column(
      "状态", "人员状态", "当前状态", "现状", "生存状态", "人员现状", "在册状态", "变动情况", "变动类型", "status")
    static let statusDate = Column("状态日期", "变动日期", "变更日期", "变动时间", "status_date")
    static let statusEnd = Column("状态截止", "状态截止日期", "status_to")
    static let statusReason = Column("状态说明", "变动原因", "变动说明", "status_reason")
    static let deathDate = Column("死亡日期", "死亡时间", "去世日期", "去世时间", "逝世日期", "death_date")
    static let moveDate = Column("迁出日期", "迁出时间", "外迁日期", "迁移日期", "搬离日期", "moved_on")
    static let movedTo = Column("迁往", "迁往地", "迁入地", "迁往地址", "去向", "moved_to")
    static let institutionDate = Column(
      "入住日期", "入院日期", "入住时间", "入住机构日期", "institution_from")
    static let institution = Column(
      "入住机构", "机构名称", "养老机构", "养老院", "养老机构名称", "institution")
    static let remark = Column("备注", "说明", "备注说明", "其他说明", "备注信息", "remark", mayRepeat: true)
    /// Written by `RejectedRows`, so that a mended file comes back without a word on it.
    static let reason = Column(names: [RejectedRows.reasonHeader])
  }

  /// The columns of a roster; without name and ID number a file is no roster.
  public static let columns: [Column] =
    [
      Columns.serial, Columns.name, Columns.formerNames, Columns.sex, Columns.documentKind,
      Columns.idNumber, Columns.birthDate, Columns.phone, Columns.hukou, Columns.community,
      Columns.group, Columns.grid, Columns.address, Columns.residenceSince, Columns.residencePermit,
      Columns.categories,
      Columns.categoryStart, Columns.categoryEnd, Columns.categoryTerm,
      Columns.validity,
      Columns.careLevel, Columns.disabilityGrade, Columns.evidence, Columns.diets,
      Columns.contactName, Columns.contactPhone, Columns.card, Columns.status, Columns.statusDate,
      Columns.statusEnd, Columns.statusReason, Columns.deathDate, Columns.moveDate, Columns.movedTo,
      Columns.institutionDate, Columns.institution, Columns.remark,
      Columns.reason,
    ] + categoryColumns

  /// 勾选: columns that are named after a category and ticked for who has it.
  static let categoryColumns: [Column] = [
    "特困", "特困供养", "五保", "低保", "低保户", "低保边缘", "低边", "低收入", "低收入家庭", "失能", "失智", "失能失智",
    "半失能", "重残", "重度残疾", "计生特殊", "计生特殊家庭", "计生特扶", "失独", "优抚", "优抚对象", "空巢", "独居",
    "独居老人", "孤寡", "孤老", "留守",
  ].map { Column($0, "是否\($0)") }
}
